"use strict";
// Markup from a submission stands in this page as if nothing had been escaped.
window.isIntruded = true;
(async () => {
  document.getElementById("bad").click();
  // What an event or a frame would run, it has run by then.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const found = trouble.filter((text) => !text.startsWith("the policy stopped"));
  if (blocked < 3) found.push(`the policy stopped only ${blocked}`);
  const outcome = document.createElement("pre");
  outcome.id = "outcome";
  outcome.textContent = JSON.stringify(found);
  document.documentElement.append(outcome);
})();
