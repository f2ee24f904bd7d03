/** `sanitize.yml` and the policies of known services, read and checked. It knows no catalog: names are as they were written. */
export interface Policy {
  /** By database, then by table id `schema.name`. */
  readonly databases: Readonly<Record<string, DatabasePolicy>>;
  readonly neo4j: GraphPolicy | undefined;
  /** By volume of the compose files; the first rule whose pattern holds decides. */
  readonly volumes: Readonly<Record<string, readonly FileRule[]>>;
  readonly n8n: N8nPolicy;
  /** Values that may stand in the copy though a masked column has them too, e.g. the team's own support address. */
  readonly allowedValues: readonly string[];
}

export interface DatabasePolicy {
  readonly tables: Readonly<Record<string, TableRule>>;
  readonly largeObjects: "keep" | "drop" | undefined;
}

interface Placed {
  /** Where it was written, for people: `sanitize.yml:12`. */
  readonly source: string;
}

export interface TableRule extends Placed {
  readonly rows: "copy" | "drop";
  /** SQL over the table's own columns: only these rows. */
  readonly where: string | undefined;
  readonly columns: Readonly<Record<string, ColumnRule>>;
}

export type ColumnRule = Placed &
  (
    | { readonly kind: "keep" }
    | { readonly kind: "null" }
    | MaskRule
    /** Rules by path of the JSON documents. */
    | { readonly kind: "json"; readonly paths: readonly PathRule[] }
    /** SQL over the table's own columns as they are masked, e.g. `to_tsvector('simple', name)`. */
    | { readonly kind: "derive"; readonly sql: string }
  );

export interface MaskRule {
  readonly kind: "mask";
  readonly masker: string;
  readonly distinct: boolean;
  /** The column that names the person, for maskers that treat a person's values alike. */
  readonly person: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
}

/** `$.contact.email`, `$.items[*].name`, `$.by-user.*.mail` (any key), `**.email` (that key at any depth). */
export interface PathRule extends Placed {
  readonly path: string;
  /** For the value there and all below it. */
  readonly rule: { readonly kind: "keep" } | { readonly kind: "null" } | { readonly kind: "drop" } | MaskRule;
}

export interface GraphPolicy {
  /** By label. A node with several labels follows each; masks win over keep. */
  readonly nodes: Readonly<Record<string, Readonly<Record<string, PropertyRule>>>>;
  /** By type. */
  readonly relationships: Readonly<Record<string, Readonly<Record<string, PropertyRule>>>>;
}

export type PropertyRule = Placed & ({ readonly kind: "keep" } | { readonly kind: "null" } | MaskRule);

export interface FileRule extends Placed {
  /** As in .gitignore, over paths below the volume's root. */
  readonly pattern: string;
  readonly action: "keep" | "exclude";
}

export interface N8nPolicy {
  /** Names of workflows that may be active in staging. */
  readonly activeWorkflows: readonly string[];
  readonly executions: "drop" | "keep";
  /** `stub`: the name stays, the content is empty. `re-encrypt`: to staging's key. */
  readonly credentials: "stub" | "re-encrypt";
}
