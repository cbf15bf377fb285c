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
  const accesses = document.querySelector("#accesses tbody");
  const notes = document.querySelector("#notes tbody");

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

  const tags = (...content) => {
    const div = document.createElement("div");
    div.className = "console-tags";
    div.append(...content);
    return div;
  };

  const newRow = () => {
    const row = document.createElement("tr");
    row.className = "nhsuk-table__row";
    return row;
  };

  const showAccess = (access) => {
    const row = newRow();
    cell(row, access.at);
    if (access.late) {
      const received = document.createElement("span");
      received.textContent = access.received;
      cell(row, tags(tag(access.way, "orange"), received));
    } else {
      cell(row, tag(access.way, "green"));
    }
    cell(row, access.viewer);
    cell(row, access.role);
    cell(row, access.organisation);
    cell(row, access.nhsNumber, true);
    cell(row, access.authority);
    accesses.prepend(row);
    state.textContent = `${access.viewer} looked at ${access.nhsNumber}.`;
  };

  const showNote = (note) => {
    const row = newRow();
    const received = document.createElement("div");
    received.textContent = `reached us ${note.received}`;
    cell(row, note.sent).append(received);
    const kind = tags(tag(note.kind, note.withdraws ? "grey" : "purple"));
    kind.id = `note-${note.id}`;
    cell(row, kind);
    cell(row, note.says);
    cell(row, note.writtenBy);
    cell(row, note.nhsNumber, true);
    cell(row, note.authority);
    notes.prepend(row);
    document.getElementById("notes").hidden = false;
    const earlier = note.withdraws && document.getElementById(`note-${note.withdraws}`);
    if (earlier) earlier.append(tag("No longer holds", "grey"));
    state.textContent = `${note.sender} wrote about ${note.nhsNumber}: ${note.kind}.`;
  };

  const address = new URL(inbox.dataset.events, location.href);
  address.searchParams.set("after", inbox.dataset.after);
  const events = new EventSource(address);
  events.addEventListener("open", () => {
    state.textContent = "The lists keep themselves up to date.";
  });
  events.addEventListener("message", (event) => showAccess(JSON.parse(event.data)));
  events.addEventListener("note", (event) => showNote(JSON.parse(event.data)));
  events.addEventListener("error", () => {
    state.textContent = "The lists are not up to date: the server cannot be reached.";
  });
  // The browser keeps a page that was left, and with it the connection.
  addEventListener("pagehide", () => events.close());
})();
