import { describe, expect, it } from "vitest";
import { sshForwardArguments } from "./ssh-forward.ts";

describe("sshForwardArguments", () => {
  it("forwards the usual socket and asks nothing", () => {
    const said = sshForwardArguments(new URL("ssh://deploy@example.com"), "/tmp/l.sock", []).join(" ");
    expect(said).toContain("-L /tmp/l.sock:/var/run/docker.sock");
    expect(said).toContain("-o BatchMode=yes");
    expect(said).toMatch(/-l deploy example\.com cat$/);
  });

  it("takes port, socket and options from the settings, options first so that they win", () => {
    const said = sshForwardArguments(new URL("ssh://u@h:2222/run/user/1000/docker.sock"), "/tmp/l.sock", [
      "IdentityFile=/k",
    ]);
    expect(said.slice(0, 2)).toEqual(["-o", "IdentityFile=/k"]);
    expect(said.join(" ")).toContain("/tmp/l.sock:/run/user/1000/docker.sock -p 2222");
  });
});
