// Fetches, compiles and starts protocol.wasm before the rest of the page is
// there; index.html loads this module first, and without waiting for the
// document. protocol.mjs takes over what has been started.

const address = "/dist/protocol.wasm";

let heard = () => {};
let latest = null;

/** Resolves to {exports} or {error}: with `step` "missing", "fetch" or "start". It never rejects. */
export const started = start().then((exports) => ({ exports }), (error) => ({ error }));

/** Tells how far the download is, from now on and at once: listener(loaded, total); total 0 is unknown. */
export function onProgress(listener) {
  heard = listener;
  if (latest) heard(...latest);
}

/** An error with the step that failed. */
function failure(step, message) {
  return Object.assign(new Error(message), { step });
}

async function start() {
  if (typeof WebAssembly !== "object" || typeof WebAssembly.compileStreaming !== "function") {
    throw failure("missing", ""); // the advice says all there is to say;
  }
  const [module] = await Promise.all([compile(), loadSupport()]);
  try {
    const go = new globalThis.Go();
    const instance = await WebAssembly.instantiate(module, go.importObject);
    // It ends with the program, so never; but if it fails, it does so before this race is run.
    await Promise.race([go.run(instance), null]);
    return instance.exports;
  } catch (error) {
    throw failure("start", `${address}: ${error.message}`);
  }
}

/** Go's own support script. It is a classic script, but one that a module may be as well. */
async function loadSupport() {
  try {
    await import("/dist/wasm_exec.js");
  } catch (error) {
    throw failure("fetch", `/dist/wasm_exec.js: ${error.message}`);
  }
}

async function compile() {
  let response;
  try {
    response = await fetch(address);
  } catch (error) {
    throw failure("fetch", `${address}: ${error.message}`);
  }
  if (!response.ok) throw failure("fetch", `${address}: the server answered ${response.status}, expected 200`);
  if (!arrived()) count(response.clone());
  try {
    return await WebAssembly.compileStreaming(response);
  } catch (error) {
    throw failure("start", `${address}: ${error.message}`);
  }
}

/** Whether the preload has it all already: then nobody wants to see a progress, and a copy would cost time. */
function arrived() {
  return performance.getEntriesByName(new URL(address, location.href).href, "resource").some(({ responseEnd }) => responseEnd > 0);
}

/** Counts the bytes of a copy, so that the compiler gets the others without a detour through this thread. */
async function count(response) {
  const encoded = response.headers.has("content-encoding");
  const total = encoded ? 0 : Number(response.headers.get("content-length") ?? 0);
  let loaded = 0;
  try {
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      loaded += part.value.byteLength;
      latest = [loaded, total];
      heard(loaded, total);
    }
  } catch {
    // compile() meets the same error and reports it.
  }
}
