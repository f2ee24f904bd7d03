import { AlertCircle, AlertTriangle, Check, CheckCircle2, Copy, Info, LoaderCircle } from "lucide-react";
import { type ComponentType, type ReactNode, useState } from "react";
import { Button as AriaButton, type ButtonProps } from "react-aria-components";
import { ApiError } from "../lib/api.ts";
import { agoInWords, momentInWords } from "../lib/format.ts";
import { useNow } from "../lib/live.ts";

export type Tone = "good" | "warn" | "bad" | "busy" | "plain";

export function Button({ look = "", ...props }: ButtonProps & { look?: string; className?: never }) {
  return <AriaButton {...props} className={`button ${look}`} />;
}

export function Badge({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}

export function Card({
  title,
  about,
  actions,
  children,
  bare = false,
}: {
  title?: ReactNode;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** Without room round its content: for lists and tables. */
  bare?: boolean;
}) {
  return (
    <section className="card">
      {title !== undefined && (
        <div className="card-head">
          <div>
            <h2>{title}</h2>
            {about && <p>{about}</p>}
          </div>
          {actions && <div className="row">{actions}</div>}
        </div>
      )}
      {bare ? children : <div className="card-body">{children}</div>}
    </section>
  );
}

export function PageHead({ title, about, children }: { title: string; about: ReactNode; children?: ReactNode }) {
  return (
    <header className="page-head">
      <div>
        <h1>{title}</h1>
        <p>{about}</p>
      </div>
      {children && <div className="row">{children}</div>}
    </header>
  );
}

/** A command that one may copy. */
export function CommandLine({ command }: { command: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(command);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <div className="command">
      <code>{command}</code>
      <Button look="bare icon" aria-label={copied ? "Copied" : "Copy the command"} onPress={copy}>
        {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
      </Button>
    </div>
  );
}

const noteIcons = { good: CheckCircle2, warn: AlertTriangle, bad: AlertCircle, busy: LoaderCircle, plain: Info };

export function Note({ tone = "plain", title, children }: { tone?: Tone; title?: ReactNode; children?: ReactNode }) {
  const Icon = noteIcons[tone];
  return (
    <div className={`note ${tone}`} role={tone === "bad" ? "alert" : "status"}>
      <Icon aria-hidden />
      <div>
        {title && <strong>{title}</strong>}
        {children && <div>{children}</div>}
      </div>
    </div>
  );
}

/** What went wrong, and what to do next. */
export function ErrorNote({ error, retry }: { error: unknown; retry?: () => void }) {
  const { message } = error instanceof Error ? error : { message: String(error) };
  const next = error instanceof ApiError ? error.next : undefined;
  return (
    <Note tone="bad" title={message}>
      {next && <p>{next}</p>}
      {retry && (
        <p>
          <Button look="bare" onPress={retry}>
            Try again
          </Button>
        </p>
      )}
    </Note>
  );
}

export function Empty({
  icon: Icon,
  title,
  children,
}: {
  icon: ComponentType<{ "aria-hidden": boolean }>;
  title: string;
  children?: ReactNode;
}) {
  return (
    <div className="empty">
      <Icon aria-hidden />
      <h3>{title}</h3>
      {children}
    </div>
  );
}

/** What stands where something is about to. */
export function Skeleton({ lines = 4, label = "Loading" }: { lines?: number; label?: string }) {
  return (
    <div className="stack close" role="status" aria-label={label} aria-busy="true">
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <div key={line} className="skeleton" style={{ height: 18, width: `${100 - ((line * 17) % 45)}%` }} />
      ))}
    </div>
  );
}

/** `2 minutes ago`, with the moment itself for who points at it. */
export function Ago({ at }: { at: string | number }) {
  const now = useNow();
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={momentInWords(at)} className="nowrap">
      {agoInWords(now - date.getTime())}
    </time>
  );
}
