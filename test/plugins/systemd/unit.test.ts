import { expect, test } from "bun:test";
import { renderUnit } from "../../../plugins/systemd/unit.ts";

test("renderUnit() quotes what would mean something to systemd", () => {
  const unit = renderUnit({ name: "relex", stopTimeoutSeconds: 10, flags: [] }, "/opt/my tools/50%/enit");
  expect(unit).toContain('ExecStart="/opt/my tools/50%%/enit" startfg relex\n');
});

test("renderUnit() lets systemd wait longer than enit does", () => {
  expect(renderUnit({ name: "relex", stopTimeoutSeconds: 10.5, flags: [] }, "/usr/bin/enit")).toContain(
    "TimeoutStopSec=16\n",
  );
  expect(renderUnit({ name: "relex", stopTimeoutSeconds: "infinity", flags: [] }, "/usr/bin/enit")).toContain(
    "TimeoutStopSec=infinity\n",
  );
});

test("renderUnit() calls enit with the directories that were named", () => {
  const unit = renderUnit(
    { name: "relex", stopTimeoutSeconds: 10, flags: ["--host-dir", "/srv/my etc"] },
    "/usr/bin/enit",
  );
  expect(unit).toContain('ExecStop=/usr/bin/enit --host-dir "/srv/my etc" stop relex\n');
});
