import type { Recipe } from "./recipe.ts";

// Documents and translations would come back with every package that is installed later: dpkg is told to leave them out.
const leftOut = [
  "path-exclude=/usr/share/man/*",
  "path-exclude=/usr/share/locale/*",
  "path-include=/usr/share/locale/locale.alias",
  "path-exclude=/usr/share/doc/*",
  "path-include=/usr/share/doc/*/copyright",
];

const tidy =
  'mkdir -p "$1/usr/share/understudy"; rm -rf "$1"/var/log/* "$1"/var/cache/debconf/* "$1"/etc/resolv.conf "$1"/etc/hostname';

/** The command that writes a minimal Debian file system to its standard output, as a tar. */
export function bootstrapCommand({ suite, include }: NonNullable<Recipe["debian"]>): string[] {
  return [
    "mmdebstrap",
    "--variant=minbase",
    `--include=${include.join(",")}`,
    '--aptopt=Acquire::Languages "none"',
    ...leftOut.map((option) => `--dpkgopt=${option}`),
    `--customize-hook=${tidy}`,
    suite,
    "-",
  ];
}

/** The command that makes an untagged image of a tar on its standard input, and prints its id. */
export function importCommand(docker: string, labels: Readonly<Record<string, string>>): string[] {
  const changes = [
    "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    'CMD ["bash"]',
    ...Object.entries(labels).map(([name, value]) => `LABEL ${name}=${JSON.stringify(value)}`),
  ];
  return [docker, "import", ...changes.flatMap((change) => ["--change", change]), "-"];
}
