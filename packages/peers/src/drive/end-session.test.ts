import { expect, it } from "vitest";
import type { Session } from "../types.ts";
import { isNews } from "./end-session.ts";

it("tells who drives how it ended, and of the other side who was written to, but of no plan", () => {
  const news = (role: Session["role"], direction: Session["direction"], status: Session["status"], plan = false) =>
    isNews({ role, direction, status, options: { compressionEnabled: true, verifyAfterSync: true, plan } } as Session);
  expect(news("driver", "push", "cancelled")).toBe(true);
  expect(news("driver", "pull", "completed", true)).toBe(false);
  expect(news("passive", "pull", "completed")).toBe(true);
  expect(news("passive", "pull", "failed")).toBe(true);
  expect(news("passive", "pull", "cancelled")).toBe(false);
  expect(news("passive", "push", "completed")).toBe(false);
});
