import { expect, test } from "bun:test";
import { renderPlan } from "../../../plugins/upgrade/render.ts";
import { makeUi } from "../../../src/host/output/ui.ts";

test("renderPlan() breaks long lists of modules below where they begin", () => {
  const plan = {
    from: "1",
    to: "2",
    direction: "up",
    applications: [{ name: "shop", from: "1", to: "2" }],
    loaded: ["shop_basket", "shop_prices", "shop_server", "shop_taxes"],
    removed: [],
    purged: [],
    suspended: [],
    restarted: [],
    startedApplications: [],
    stoppedApplications: [],
    restartsEmulator: false,
    canGoBack: true,
    killed: [],
    parameters: null,
    instructions: [],
  } as const;
  expect(renderPlan("shop", plan, makeUi({ color: false, width: 40 })).split("\n")).toEqual([
    "shop 1 -> 2 (upgrade)",
    "Applications:",
    "  shop 1 -> 2",
    "Modules loaded:",
    "  shop_basket, shop_prices, shop_server,",
    "  shop_taxes",
  ]);
});
