/** Elements, made in a line. Text is text: nothing here reads HTML. */

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K, attributes: Record<string, string> = {}, ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function button(text: string, pressed: () => void, label = ""): HTMLButtonElement {
  const made = element("button", { type: "button" }, text);
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", pressed);
  return made;
}

export function choice(label: string, options: [string, string][], chosen: (value: string) => void): HTMLLabelElement {
  const list = element("select", {}, ...options.map(([value, text]) => element("option", { value }, text)));
  list.addEventListener("change", () => chosen(list.value));
  return element("label", { class: "choice" }, element("span", {}, label), list);
}
