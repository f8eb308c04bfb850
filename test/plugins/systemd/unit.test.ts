import { expect, test } from "bun:test";
import { environmentOf } from "../../../plugins/systemd/environment.ts";
import { renderUnit } from "../../../plugins/systemd/unit.ts";
import { tempDir } from "../../support/temp-dir.ts";

const RELEASE = { name: "relex", stopTimeoutSeconds: 10, flags: [], environment: {}, ofUser: false };

test("renderUnit() quotes what would mean something to systemd", () => {
  const unit = renderUnit(RELEASE, "/opt/my tools/50%/enit");
  expect(unit).toContain('ExecStart="/opt/my tools/50%%/enit" startfg relex\n');
});

test("renderUnit() lets systemd wait longer than enit does", () => {
  expect(renderUnit({ ...RELEASE, stopTimeoutSeconds: 10.5 }, "/usr/bin/enit")).toContain("TimeoutStopSec=16\n");
  expect(renderUnit({ ...RELEASE, stopTimeoutSeconds: "infinity" }, "/usr/bin/enit")).toContain(
    "TimeoutStopSec=infinity\n",
  );
});

test("renderUnit() calls enit with the directories that were named", () => {
  const unit = renderUnit({ ...RELEASE, flags: ["--host-dir", "/srv/my etc"] }, "/usr/bin/enit");
  expect(unit).toContain('ExecStop=/usr/bin/enit --host-dir "/srv/my etc" stop relex\n');
});

test("renderUnit() says what of the environment the release is found by; $ means nothing there", () => {
  const environment = { ERL_LIBS: "/srv/100%/$x:/my libs", ERL_ROOTDIR: "/otp" };
  const unit = renderUnit({ ...RELEASE, environment }, "/usr/bin/enit");
  expect(unit).toContain('\nEnvironment="ERL_LIBS=/srv/100%%/$x:/my libs"\nEnvironment=ERL_ROOTDIR=/otp\n');
});

test("renderUnit() knows the targets of the service manager of a user", () => {
  const unit = renderUnit({ ...RELEASE, ofUser: true }, "/usr/bin/enit");
  expect(unit).toContain("\nWantedBy=default.target\n");
  expect(unit).not.toContain("network.target");
});

test("environmentOf() has ERL_LIBS, and PATH where erl is in no usual place", async () => {
  using dir = tempDir();
  const erl = dir.write("bin/erl", "");
  await Bun.$`chmod 755 ${erl}`.quiet();
  expect(environmentOf({ PATH: `/nowhere:${dir.join("bin")}:/usr/bin`, ERL_LIBS: ":/a:/b" }, undefined)).toEqual({
    ERL_LIBS: "/a:/b",
    PATH: `${dir.join("bin")}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  });
  expect(environmentOf({ PATH: dir.join("bin"), ERL_ROOTDIR: "/otp" }, "/otp")).toEqual({});
  expect(environmentOf({ PATH: "/nowhere", ERL_ROOTDIR: "/otp" }, undefined)).toEqual({ ERL_ROOTDIR: "/otp" });
});
