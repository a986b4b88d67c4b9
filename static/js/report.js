// Reporting in a dialog over the page; without JavaScript the same form has a page of its own.

export function reportInPlace() {
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-report]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    // Few report anything: what it takes is fetched by who does.
    const { openReport } = await import("./report-dialog.js").catch(() => ({ openReport: (url) => location.assign(url) }));
    openReport(link.href);
  });
}
