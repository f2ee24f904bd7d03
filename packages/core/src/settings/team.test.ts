import { expect, it } from "vitest";
import { teamSchema } from "./team.ts";

it("a team's place is one of restic's, or a folder on a server behind its agent", () => {
  for (const place of [
    "/var/lib/team",
    "s3:https://s3.example.com/team",
    "sftp:ann@tower:/team",
    "agent://10.0.0.4:8095/team",
  ])
    expect(teamSchema.parse({ place }).place).toBe(place);
  for (const wrong of [
    "team",
    "agent://192.168.0.114:8095",
    "agent://192.168.0.114:8095/",
    "agent://192.168.0.114/var/lib/team",
    "agent://ann@192.168.0.114:8095/team",
    "agent://192.168.0.114:8095/var/../etc",
    "s3:https://ann:password@s3.example.com/team",
  ])
    expect(teamSchema.safeParse({ place: wrong }).success, wrong).toBe(false);
});
