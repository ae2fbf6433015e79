"use strict";
// Uses the page as an instructor does, and notes what isn't as it should be.
(async () => {
  const find = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const same = (what, actual, expected) => {
    const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
    if (a !== b) trouble.push(`${what}: ${a}, and not ${b}`);
  };
  const isSeen = (element) => element.getClientRects().length > 0;
  const bodies = () => all("#class > tbody").filter(isSeen);
  const students = () => bodies().map((body) => body.id).join(" ");
  const button = (text) => all("button").find((button) => button.textContent.startsWith(text));
  const heading = (text) => all("#class thead th").find((th) => th.textContent.startsWith(text));
  const type = (text) => {
    find("#find").value = text;
    find("#find").dispatchEvent(new Event("input"));
  };
  // In the order of the folders: the hostile one, ada, bob, carol, dave, eve.
  const everyone = "s0 s1 s2 s3 s4 s5";
  same("at first", students(), everyone);

  const sorted = (column) => {
    heading(column).querySelector("button").click();
    return `${students()} ${heading(column).getAttribute("aria-sort")}`;
  };
  // 40, 200, 50, no score, 0, no score.
  same("by total", sorted("Total"), "s4 s0 s2 s1 s3 s5 ascending");
  same("by total again", sorted("Total"), "s1 s2 s0 s4 s3 s5 descending");
  // 0 because it didn't compile, 100, 0, no score, not submitted, no score.
  same("by lesson 3", sorted("Lesson 3"), "s4 s0 s2 s1 s3 s5 ascending");
  same("the total isn't marked", heading("Total").hasAttribute("aria-sort"), false);
  same("by status", sorted("Status"), "s3 s5 s0 s2 s4 s1 ascending");
  same("by name", sorted("Student"), "s0 s1 s2 s3 s4 s5 ascending");

  type("BO");
  same("the text", students(), "s2");
  same("the count", find("#count").textContent, "1 of 6 shown.");
  type("e0425");
  same("a text of the feedback", students(), "");
  same("nobody", isSeen(find("#nobody")), true);
  find("#deep").click();
  same("a text of the feedback, asked for", students(), "s5");
  type("");
  same("no text", students(), everyone);

  button("no score").click();
  same("a status", students(), "s3 s5");
  same("which is pressed", all("[aria-pressed=true]").map((b) => b.dataset.flag), ["e"]);
  button("all").click();
  same("every status", students(), everyone);

  const worst = find(".worst li");
  worst.querySelector("button").click();
  same("who fails a check", students(), "s0 s2");
  same("which check", find("#uncheck").textContent, "fails: ends with Ok(()) ✕");
  find("#uncheck").click();
  same("whoever fails", students(), everyone);

  const feedback = find("#s2 > .more");
  same("folded", isSeen(feedback), false);
  find("#s2 summary").click();
  same("unfolded by the name", isSeen(feedback), true);
  same("the first failure", isSeen(feedback.querySelector("details[open] pre")), true);
  find("#s2 td").click();
  same("folded by the row", isSeen(feedback), false);
  button("no score").click();
  button("Unfold these").click();
  same("unfolded", all(".more").filter(isSeen).length, 2);
  button("Fold all").click();
  same("all folded", all(".more").filter(isSeen).length, 0);

  find(".eyes a[href='#s0']").click();
  await new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
  same("the link shows everyone", students(), everyone);
  same("the link unfolds", isSeen(find("#s0 > .more")), true);
  same("the link has the focus", document.activeElement, find("#s0 summary"));

  for (const control of all("button, summary, input, a").filter(isSeen)) {
    control.focus();
    if (document.activeElement !== control) trouble.push(`no focus: ${control.outerHTML}`);
  }
  for (const link of all("a")) link.click();
  const strange = "img, iframe, object, embed, form, base, link, svg[onload], [style], a:not([href^='#'])";
  same("strange elements", all(strange).length, 0);
  same("scripts that aren't the test's", all("script:not([nonce])").length, 1);
  const outcome = document.createElement("pre");
  outcome.id = "outcome";
  outcome.textContent = JSON.stringify(trouble);
  document.body.append(outcome);
})();
