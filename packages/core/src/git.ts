/** The commit that a folder is at, with `-dirty` when tracked files differ; undefined outside git or before the first commit. */
export async function gitCommit(folder: string): Promise<string | undefined> {
  const { simpleGit } = await import("simple-git");
  const git = simpleGit(folder);
  if (!(await git.checkIsRepo())) return undefined;
  try {
    const commit = (await git.revparse(["HEAD"])).trim();
    const { files } = await git.status(["--untracked-files=no"]);
    return files.length ? `${commit}-dirty` : commit;
  } catch {
    return undefined;
  }
}
