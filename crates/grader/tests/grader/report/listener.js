"use strict";
// What goes wrong while the page loads, and what must never happen at all.
window.trouble = [];
window.blocked = 0;
window.hacked = () => trouble.push("something hostile ran");
addEventListener("error", (event) => trouble.push(`error: ${event.message}`));
addEventListener("unhandledrejection", (event) => trouble.push(`rejection: ${event.reason}`));
document.addEventListener("securitypolicyviolation", (event) => {
  blocked += 1;
  if (!window.isIntruded) trouble.push(`the policy stopped ${event.blockedURI}`);
});
