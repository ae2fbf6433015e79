"use strict";
(() => {
  document.documentElement.classList.add("js");
  const byId = (id) => document.getElementById(id);
  const table = byId("class");
  const headings = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies].map((body) => ({
    body,
    cells: body.rows[0].cells,
    name: body.rows[0].cells[0].textContent.toLowerCase(),
    flags: body.dataset.s,
    failed: body.dataset.f ?? "",
    toggle: body.querySelector("details"),
  }));
  const wanted = { text: "", flag: "", check: "" };

  // Sorting. What has no number stands last, in whichever direction.

  const numberIn = (cell) => {
    if (cell.classList.contains("x")) return NaN;
    return cell.classList.contains("n") ? -1 : parseFloat(cell.textContent);
  };
  const order = "ecnfma";
  const keyOf = (row, column) => {
    if (column === 0) return row.name;
    if (column === headings.length - 1) return row.flags ? order.indexOf(row.flags[0]) : order.length;
    return numberIn(row.cells[column]);
  };
  const names = new Intl.Collator(undefined, { numeric: true });
  const compare = (a, b, sign) => {
    if (typeof a === "string") return sign * names.compare(a, b);
    if (isNaN(a) || isNaN(b)) return isNaN(a) - isNaN(b);
    return sign * (a - b);
  };
  const sortBy = (column) => {
    const heading = headings[column];
    const isDescending = heading.getAttribute("aria-sort") === "ascending";
    for (const other of headings) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
    const keys = rows.map((row) => [keyOf(row, column), row.body]);
    keys.sort((a, b) => compare(a[0], b[0], isDescending ? -1 : 1));
    // One by one is twice as quick as all at once, which moves each to a fragment first.
    for (const [, body] of keys) table.append(body);
  };
  headings.forEach((heading, column) => {
    heading.querySelector("button").addEventListener("click", () => sortBy(column));
  });

  // Filtering.

  const feedback = (row) => (row.feedback ??= row.body.textContent.toLowerCase());
  const matches = (row) =>
    row.flags.includes(wanted.flag) &&
    (wanted.check === "" || row.failed.includes(` ${wanted.check} `)) &&
    (byId("deep").checked ? feedback(row) : row.name).includes(wanted.text);
  const filter = () => {
    let shown = 0;
    for (const row of rows) {
      const isShown = matches(row);
      row.body.hidden = !isShown;
      if (isShown) shown += 1;
    }
    byId("count").textContent = `${shown} of ${rows.length} shown.`;
    byId("nobody").hidden = shown > 0;
  };
  const flagButtons = [...document.querySelectorAll("[data-flag]")];
  const wantFlag = (flag) => {
    wanted.flag = flag;
    for (const button of flagButtons) button.setAttribute("aria-pressed", button.dataset.flag === flag);
  };
  const wantCheck = (check, title) => {
    wanted.check = check;
    byId("uncheck").textContent = `fails: ${title} ✕`;
    byId("uncheck").hidden = check === "";
  };
  for (const button of flagButtons) {
    button.addEventListener("click", () => {
      wantFlag(button.dataset.flag);
      filter();
    });
  }
  for (const button of document.querySelectorAll("[data-check]")) {
    button.addEventListener("click", () => {
      const heading = button.closest("li").querySelector("h3").cloneNode(true);
      heading.querySelector("small").remove();
      wantCheck(button.dataset.check, heading.textContent.trim());
      wantFlag("");
      filter();
      byId("students").scrollIntoView();
      byId("uncheck").focus({ preventScroll: true });
    });
  }
  byId("uncheck").addEventListener("click", () => {
    wantCheck("", "");
    filter();
    byId("find").focus();
  });
  byId("find").addEventListener("input", () => {
    wanted.text = byId("find").value.trim().toLowerCase();
    filter();
  });
  byId("deep").addEventListener("change", filter);

  // Unfolding.

  byId("unfold").addEventListener("click", () => {
    for (const row of rows) if (!row.body.hidden) row.toggle.open = true;
  });
  byId("fold").addEventListener("click", () => {
    for (const row of rows) row.toggle.open = false;
  });
  table.addEventListener("click", (event) => {
    // The name toggles by itself; elsewhere in the row, a click does, but not the end of a selection.
    const row = rows.find((row) => row.body.rows[0] === event.target.closest("tr"));
    if (!row || event.target.closest("summary") || !getSelection().isCollapsed) return;
    row.toggle.open = !row.toggle.open;
  });
  const follow = () => {
    const row = rows.find((row) => `#${row.body.id}` === location.hash);
    if (!row) return;
    wantFlag("");
    wantCheck("", "");
    byId("find").value = wanted.text = "";
    filter();
    row.toggle.open = true;
    row.body.scrollIntoView();
    row.toggle.querySelector("summary").focus({ preventScroll: true });
  };
  addEventListener("hashchange", follow);
  filter();
  follow();
})();
