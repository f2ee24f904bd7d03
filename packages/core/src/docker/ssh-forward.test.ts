import { describe, expect, it } from "vitest";
import { checkCommand, parseSshHost, sshForwardArguments, tellingLine } from "./ssh-forward.ts";

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

describe("parseSshHost", () => {
  it.each([
    ["ssh://root@host:99999", "is not an address"],
    ["ssh://-oProxyCommand=evil", "names no host"],
    ["ssh://ann:secret-word@host", "has a password in it"],
  ])("refuses %s", (host, said) => {
    expect(() => parseSshHost(host)).toThrow(said);
    expect(() => parseSshHost(host)).not.toThrow("secret-word");
  });

  it("takes an IPv6 address, which ssh wants without brackets", () => {
    const url = parseSshHost("ssh://ann@[2001:db8::1]:2222");
    expect(sshForwardArguments(url, "/l", []).slice(-2)).toEqual(["2001:db8::1", "cat"]);
    expect(checkCommand(url, ["A=b"])).toBe("ssh -o A=b -p 2222 ann@2001:db8::1 docker version");
  });
});

describe("tellingLine", () => {
  it("is the last line of ssh that is not a warning or decoration", () => {
    const said =
      "Authorised use only.\r\nroot@h: Permission denied (publickey).\r\n** WARNING: not post-quantum\r\n@@@@@\n\n";
    expect(tellingLine(said)).toBe("root@h: Permission denied (publickey).");
    expect(tellingLine("\n")).toBeUndefined();
  });
});
