const notice = document.createElement("div");
notice.className = "unloaded notice bad";
notice.setAttribute("role", "alert");
notice.textContent = "Parts of this page could not be loaded. It is tried again every few seconds; nothing is lost.";
async function start() {
  let done = false;
  try {
    const page = await import("{js}");
    await page.default({ module_or_path: "{wasm}" });
    done = await page.hydrate();
  } catch (error) {
    console.error(error);
  }
  if (done) return notice.remove();
  document.documentElement.append(notice);
  setTimeout(start, 5000);
}
start();
