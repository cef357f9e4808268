// The part of htmx 4's events that this site uses. It is narrower than htmx's own types, so that a test can write such an event by hand.

/** What htmx knows about one request. */
export interface RequestContext {
  sourceElement: Element;
  request: { method?: string; action?: string; body?: FormData | URLSearchParams | null; form?: HTMLFormElement | null };
  response?: { status: number; headers: Headers; raw?: Response };
}

interface Details {
  "htmx:config:request": { ctx: RequestContext };
  "htmx:before:request": { ctx: RequestContext };
  "htmx:before:response": { ctx: RequestContext };
  "htmx:before:swap": { ctx: RequestContext; tasks: { fragment: DocumentFragment }[] };
  "htmx:after:swap": { ctx: RequestContext };
  "htmx:after:settle": { newContent: Node[] };
  "htmx:error": { ctx?: RequestContext; error: unknown };
  "htmx:finally:request": { ctx: RequestContext };
}

/** Listens for an event of htmx anywhere on the page. `preventDefault` stops what the event announces. */
export function onHtmx<Name extends keyof Details>(name: Name, listener: (detail: Details[Name], event: Event) => void): void {
  document.addEventListener(name as string, (event: Event) => {
    if (event instanceof CustomEvent) {
      listener(event.detail as Details[Name], event);
    }
  });
}
