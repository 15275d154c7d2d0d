// The only policy the pages' security header allows (require-trusted-types-for): text of our own server may become page;
// scripts come from our own static files, never from text (and the worker of the page for the field, which needs its address).
"use strict";

if (window.trustedTypes) {
  trustedTypes.createPolicy("default", {
    createHTML: text => text,
    createScriptURL: address => {
      const url = new URL(address, location.href);
      const ours = url.pathname.startsWith("/static/") || url.pathname === "/desk/field/worker.js";
      if (url.origin === location.origin && ours) return url.href;
      throw new TypeError("a script from elsewhere");
    },
  });
}
