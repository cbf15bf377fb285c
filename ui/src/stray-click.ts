/** What a click can work on. */
const CONTROL = ["a", "button", "input", "label", "select", "summary", "textarea"].join();

function control(target: EventTarget | null): Element | null {
  const found = target instanceof Element ? target.closest(CONTROL) : null;
  return found instanceof HTMLLabelElement ? (found.control ?? found) : found;
}

/**
 * Stops the second click of a double click where another page has come under the pointer meanwhile:
 * it was meant for what stood there before. To be told of every click first.
 */
export function strayClicks(): (event: MouseEvent) => void {
  // Weakly: an element holds on to its page, which may be of a child, and is to go at a lock.
  let first: WeakRef<Element> | null = null;
  return (event) => {
    const here = control(event.target);
    if (event.detail <= 1) {
      first = here && new WeakRef(here);
    } else if (here !== null && here !== first?.deref()) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
}
