// The only policy the pages' security header allows (require-trusted-types-for): text of our own server may become page;
// scripts come from our own static files, never from text.
"use strict";

if (window.trustedTypes) {
  trustedTypes.createPolicy("default", {
    createHTML: text => text,
    createScriptURL: address => {
      const url = new URL(address, location.href);
      if (url.origin === location.origin && url.pathname.startsWith("/static/")) return url.href;
      throw new TypeError("a script from elsewhere");
    },
  });
}
