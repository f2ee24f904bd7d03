import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Repository } from "../src/repository/repository.ts";
import { makePlace, type RepositoryPlace } from "./support/repository-place.ts";

describe("a repository", () => {
  let place: RepositoryPlace;
  let repository: Repository;
  const lines = async (script: string) => (await place.bash(script)).replace(/\n$/, "").split("\n");

  beforeAll(async () => {
    place = await makePlace();
    expect(await Repository.openExisting(place.options("main"))).toBeUndefined();
    expect(await place.bash("ls /place")).toBe("");
    repository = await Repository.open(place.options("main"));
  });

  afterAll(async () => {
    await repository[Symbol.asyncDispose]();
    await place[Symbol.asyncDispose]();
  });

  it("keeps what a script prints, and pipes it into another; both are told what is secret apart", async () => {
    const script = 'IFS= read -r secret <&3; for word; do echo "$word"; done; echo "$secret" | sha256sum; seq 200000';
    const options = { name: "words", tags: ["b1", "artifact=words"], script, args: ["it's", "a b"], input: "hidden\n" };
    const { snapshot, bytes, added } = await repository.storeOutput(options);
    expect(bytes).toBeGreaterThan(1_288_000);
    expect(added).toBeLessThan(bytes);
    const [head, count] = (
      await repository.pipe({
        snapshot,
        name: "words",
        script: 'IFS= read -r secret <&3; echo "$1 $(head -n 3 | sha256sum)"; echo "$secret" | wc -c',
        args: ["sum"],
        input: "hidden\n",
      })
    ).split("\n");
    const hash = await place.bash(`printf "it's\\na b\\n%s\\n" "$(echo hidden | sha256sum)" | sha256sum`);
    expect([`${head}\n`, count]).toEqual([`sum ${hash}`, "7"]);
  });

  it("keeps texts as they are, and lists what there is by tags, oldest first", async () => {
    const content = 'first\n\n"ü" 日本\0 last';
    const [first, second] = [
      await repository.storeText({ name: "text", tags: ["b2", "artifact=text"], content }),
      await repository.storeText({ name: "text", tags: ["b3", "artifact=text"], content: "other" }),
    ];
    expect(await repository.readText(first.snapshot, "text")).toBe(content);
    const listed = await repository.list(["artifact=text"]);
    expect(listed.map(({ id }) => id)).toEqual([first.snapshot, second.snapshot]);
    expect(listed[1]).toMatchObject({ tags: ["b3", "artifact=text"], paths: ["/text"], bytes: 5 });
    expect(Date.now() - (listed[1]?.time.getTime() ?? 0)).toBeLessThan(60_000);
    expect((await repository.list(["artifact=text", "b3"])).map(({ id }) => id)).toEqual([second.snapshot]);
    await expect(repository.readText(first.snapshot, "none")).rejects.toThrow(/none/);
  });

  it("keeps nothing of a script that fails or prints nothing, and says why", async () => {
    const store = (script: string) => repository.storeOutput({ name: "failed", tags: ["failed"], script });
    await expect(store("seq 100000; echo pg_dump: error: no such table >&2; exit 3")).rejects.toThrow(
      /pg_dump: error: no such table/,
    );
    await expect(store("seq 10; false | cat; seq 10")).rejects.toThrow(/exit status 1/);
    await expect(store("true")).rejects.toThrow(/no data read/);
    expect(await repository.list(["failed"])).toEqual([]);
  });

  it("says which end of a pipe failed", async () => {
    const { snapshot } = await repository.storeOutput({ name: "n", tags: ["pipe"], script: "seq 500000" });
    const pipe = (script: string, name = "n") => repository.pipe({ snapshot, name, script });
    await expect(pipe("head -n 1; echo pg_restore: error: no disk >&2; exit 1")).rejects.toThrow(
      /^pg_restore: error: no disk$/,
    );
    await expect(pipe("exit 12")).rejects.toThrow("it ended with code 12 and without a word");
    await expect(pipe("cat", "none")).rejects.toThrow(/^The repository .*none/);
    expect(await pipe("head -n 1")).toBe("1\n");
  });

  it("restores folders with all that belongs to them, and removes what does not", async () => {
    await place.bash(oddFiles);
    const before = await lines(description);
    expect(before.length).toBeGreaterThan(12);
    const { snapshot, bytes } = await repository.storeFolders({ paths: ["/data/a", "/data/b"], tags: ["files"] });
    expect(bytes).toBeGreaterThan(50_000_000);
    await place.bash("cd /data; chmod 700 a; rm a/file b/sparse; echo new > a/new; mkdir other; echo x > a/set-uid");
    await repository.restoreFolders({ snapshot, paths: ["/data/a", "/data/b"] });
    expect(await lines(description)).toEqual([...before, expect.stringContaining(" ./other")]);
    expect(Number(await place.bash("du -k /data/b/sparse | cut -f 1"))).toBeLessThan(200);
    await place.bash("cd /data; rm -r other");
  });

  it("reads again only what has changed, and refuses a folder that is not there", async () => {
    const store = () => repository.storeFolders({ paths: ["/data/large"], tags: ["large"] });
    await place.bash("mkdir /data/large; cd /data/large; for n in {1..25}; do head -c 1000000 /dev/urandom > $n; done");
    const first = await store();
    await place.bash("head -c 1000000 /dev/urandom > /data/large/7");
    const second = await store();
    expect(first.added).toBeGreaterThan(25_000_000);
    expect(second.bytes).toBe(25_000_000);
    expect(second.added).toBeLessThan(0.05 * first.added);
    const parent = `RESTIC_PASSWORD="$1" restic --no-cache -r /place/main cat snapshot $2 | jq -r .parent`;
    expect(await place.bash(parent, place.key, second.snapshot)).toBe(`${first.snapshot}\n`);
    await expect(repository.storeFolders({ paths: ["/data/none"], tags: ["none"] })).rejects.toThrow(/\/data\/none/);
    expect(await repository.list(["none"])).toEqual([]);
  });

  it("forgets what it is told to, and frees its room", async () => {
    const { snapshot } = await repository.storeOutput({
      name: "random",
      tags: ["forgotten"],
      script: "head -c 20000000 /dev/urandom",
    });
    await repository.forget([snapshot]);
    await repository.forget([snapshot]);
    expect(await repository.list(["forgotten"])).toEqual([]);
    const used = async () => Number(await place.bash("du -sb /place/main | cut -f 1"));
    const before = await used();
    const { freed } = await repository.prune();
    expect(freed).toBeGreaterThan(19_900_000);
    expect(Math.abs(before - (await used()) - freed)).toBeLessThan(0.1 * freed);
    await repository.check({ readData: true });
  });
});

const setAttribute = `
  xattr() { perl -e '
    my ($set, $get) = @{{ x86_64 => [188, 191], aarch64 => [5, 8] }->{shift()}};
    my ($file, $value) = @ARGV; my $name = "user.understudy";
    if (defined $value) { syscall($set, $file, $name, $value, length($value), 0) == 0 or die $! }
    else { my $read = "\\0" x 64; my $length = syscall($get, $file, $name, $read, 64); print substr($read, 0, $length) if $length > 0 }
  ' "$(uname -m)" "$@"; }`;

const oddFiles = `${setAttribute}
  cd /data; mkdir -m 2710 a; mkdir b; chown 7:8 a; mkdir -m 500 a/empty; echo 1 > a/set-uid; chmod 4755 a/set-uid
  echo content > a/file; chown 1000:1001 a/file; touch -d @1700000000.25 a/file; ln a/file b/same; xattr a/file value
  ln -s ../nowhere a/link; touch -h -d @1600000000 a/link; mkfifo b/pipe; mknod b/device c 1 3
  echo x > $'a/a\nname'; echo x > 'a/*'; echo x > 'a/-r'; echo x > $'a/\xff'
  truncate -s 50M b/sparse; echo end >> b/sparse; touch -d @1500000000 a b`;

const description = `${setAttribute}
  cd /data; find . -mindepth 1 \\( -path ./large -o -path ./one \\) -prune -o -printf '%y %m %U:%G %n %T@ %l ' -print0 |
    while IFS= read -rd '' line; do path="./\${line#* ./}"; size=; sum=
      if [[ $line == f* ]]; then size="$(stat -c %s "$path")"; sum="$(sha256sum < "$path") $(xattr "$path")"; fi
      printf '%q %s %s\\n' "$line" "$size" "$sum"
    done | sort -t / -k 2`;
