// The page after a sign-out without a network: once the server is reachable, the session is ended and the sign-in page
// opened.

const EVERY_MS = 5_000;

export function startLeaving(): void {
  if (document.documentElement.dataset["offline"] !== "leaving") {
    return;
  }
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    const { type, isDone } = data as { type?: string; isDone?: boolean };
    if (type === "signed-out" && isDone) {
      location.replace("/login");
    }
  });
  setInterval(() => void navigator.serviceWorker.ready.then(({ active }) => active?.postMessage({ type: "finish-sign-out" })), EVERY_MS);
}
