"""Organisation (组织): unit tree, departments, people, accounts, posts, and what a post may do and see.

Every later room asks this one who somebody is and how far they reach.
Not for: cases, rules of the documents."""
