// Begins to fetch and compile protocol.wasm before the rest of the page is
// there; index.html loads this module first, and without waiting for the
// document. protocol.mjs takes over what has been begun.

const address = "/dist/protocol.wasm";

let heard = () => {};
let latest = null;

/** Resolves to {module} or {error}: with `step` "missing", "fetch" or "start". It never rejects. */
export const compiled = compile().then((module) => ({ module }), (error) => ({ error }));

/** Tells how far the download is, from now on and at once: listener(loaded, total); total 0 is unknown. */
export function onProgress(listener) {
  heard = listener;
  if (latest) heard(...latest);
}

/** An error with the step that failed. */
export function failure(step, message) {
  return Object.assign(new Error(message), { step });
}

async function compile() {
  if (typeof WebAssembly !== "object" || typeof WebAssembly.compileStreaming !== "function") {
    throw failure("missing", "this browser has no WebAssembly, or a setting turns it off");
  }
  let response;
  try {
    response = await fetch(address);
  } catch (error) {
    throw failure("fetch", `${address}: ${error.message}`);
  }
  if (!response.ok) throw failure("fetch", `${address}: the server answered ${response.status}, expected 200`);
  try {
    return await WebAssembly.compileStreaming(counted(response));
  } catch (error) {
    throw failure("start", `${address}: ${error.message}`);
  }
}

/** The same response, with its bytes counted as they arrive. */
function counted(response) {
  const encoded = response.headers.has("content-encoding");
  const total = encoded ? 0 : Number(response.headers.get("content-length") ?? 0);
  let loaded = 0;
  const counter = new TransformStream({
    transform(chunk, controller) {
      loaded += chunk.byteLength;
      latest = [loaded, total];
      heard(loaded, total);
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(counter), { headers: { "content-type": "application/wasm" } });
}
