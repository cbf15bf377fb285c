// Keeps the inbox up to date, and prints results. Every page works without it.
"use strict";

(() => {
  const errors = document.getElementById("errors");
  if (errors) errors.focus();

  const print = document.getElementById("print");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }

  const inbox = document.getElementById("inbox");
  const state = document.getElementById("inbox-state");
  if (!inbox || !state) return;
  const body = inbox.querySelector("tbody");

  const cell = (row, content, number) => {
    const td = document.createElement("td");
    td.className = "nhsuk-table__cell";
    const at = number ? td.appendChild(document.createElement("span")) : td;
    if (number) at.className = "console-number";
    at.append(content);
    row.append(td);
    return td;
  };

  const tag = (text, colour) => {
    const strong = document.createElement("strong");
    strong.className = `nhsuk-tag nhsuk-tag--${colour}`;
    strong.textContent = text;
    return strong;
  };

  const show = (entry) => {
    const row = document.createElement("tr");
    row.className = "nhsuk-table__row";
    cell(row, entry.at);
    const way = cell(row, tag(entry.way, entry.late ? "orange" : "green"));
    if (entry.late) way.append(` ${entry.received}`);
    cell(row, entry.viewer);
    cell(row, entry.role);
    cell(row, entry.organisation);
    cell(row, entry.nhsNumber, true);
    cell(row, entry.authority);
    body.prepend(row);
    state.textContent = `${entry.viewer} looked at ${entry.nhsNumber}.`;
  };

  const address = new URL(inbox.dataset.events, location.href);
  address.searchParams.set("after", inbox.dataset.after);
  const events = new EventSource(address);
  events.addEventListener("open", () => {
    state.textContent = "The list keeps itself up to date.";
  });
  events.addEventListener("message", (event) => show(JSON.parse(event.data)));
  events.addEventListener("error", () => {
    state.textContent = "The list is not up to date: the server cannot be reached.";
  });
  // The browser keeps a page that was left, and with it the connection.
  addEventListener("pagehide", () => events.close());
})();
