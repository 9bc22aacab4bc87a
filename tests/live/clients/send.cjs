// Every call of Segment's and RudderStack's clients for Node: `node send.cjs segment|rudder ADDRESS KEY MODULES`.
const { createRequire } = require("node:module");
const [which, host, writeKey, modules] = process.argv.slice(2);
const load = createRequire(modules + "/");

async function segment() {
  const { Analytics } = load("@segment/analytics-node");
  const analytics = new Analytics({ writeKey, host, flushAt: 10, maxRetries: 5 });
  analytics.identify({ userId: "ada", anonymousId: "a1", traits: { email: "ada@example.de", firstName: "Ada" } });
  analytics.track({ userId: "ada", event: "Order Completed", properties: { order_id: "o1", total: 39.9, currency: "EUR" }, timestamp: new Date("2026-03-01T10:00:00Z") });
  analytics.page({ userId: "ada", name: "Home" });
  analytics.screen({ userId: "ada", name: "Start" });
  analytics.group({ userId: "ada", groupId: "acme", traits: { name: "Acme" } });
  analytics.alias({ userId: "ada", previousId: "a0" });
  await analytics.closeAndFlush({ timeout: 20000 });
}

async function rudder() {
  const module = load("@rudderstack/rudder-sdk-node");
  const Analytics = module.default ?? module;
  const analytics = new Analytics(writeKey, { dataPlaneUrl: host, flushAt: 10, logLevel: "error" });
  analytics.identify({ userId: "ada", anonymousId: "a1", traits: { email: "ada@example.de", firstName: "Ada" } });
  analytics.track({ userId: "ada", event: "Order Completed", properties: { order_id: "o1", total: 39.9, currency: "EUR" }, originalTimestamp: new Date("2026-03-01T10:00:00Z") });
  analytics.page({ userId: "ada", name: "Home" });
  analytics.screen({ userId: "ada", name: "Start" });
  analytics.group({ userId: "ada", groupId: "acme", traits: { name: "Acme" } });
  analytics.alias({ userId: "ada", previousId: "a0" });
  await new Promise((resolve, reject) => analytics.flush((error) => (error ? reject(error) : resolve())));
}

(which === "segment" ? segment() : rudder()).then(
  () => process.exit(0),
  (error) => { console.error(error); process.exit(1); },
);
