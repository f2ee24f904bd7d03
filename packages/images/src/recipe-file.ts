import { z } from "zod";

const notLatest = (name: string): boolean => name !== "latest" && !name.endsWith(":latest");

/** The shape of images/<service>/recipe.yml. */
export const recipeFile = z.strictObject({
  title: z.string().min(1),
  /** The repository under understudy/, where it is not the folder's name. */
  image: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .optional(),
  version: z
    .string()
    .regex(/^\w[\w.-]*$/, "must be an image tag, in quotes where it looks like a number")
    .refine(notLatest, "latest is not a version"),
  official: z
    .string()
    .regex(/^[^\s@]+:[\w.-]+$/, "must be <repository>:<version>")
    .refine(notLatest, "latest is not a version")
    .optional(),
  debian: z
    .strictObject({ suite: z.string().regex(/^[a-z]+$/), include: z.array(z.string().regex(/^[a-z0-9.+-]+$/)) })
    .optional(),
});

export type RecipeFile = z.infer<typeof recipeFile>;
