import { ExternalLink, Rocket, RotateCw } from "lucide-react";
import type { EnvironmentView } from "../../../../src/contract/overview.ts";
import { Act } from "../../parts/act.tsx";
import { Ago, Badge, Empty, Note } from "../../parts/basics.tsx";
import { Table } from "../../parts/table.tsx";
import { tones } from "./tones.ts";

export function Services({ environment: { name, kind, stack } }: { environment: EnvironmentView }) {
  if ("trouble" in stack) {
    return (
      <div className="card-body">
        <Note tone="warn" title={stack.trouble.message}>
          {stack.trouble.next}
        </Note>
      </div>
    );
  }
  if (!stack.deployed) {
    return (
      <Empty icon={Rocket} title="Not deployed">
        <p>Its services start with the first deploy.</p>
        {kind === "production" && (
          <Act
            id="deploy:production"
            parameters={{ environment: name }}
            look="primary"
            about="Install production for the first time, as the settings and compose files say. Later releases come by promotion."
          />
        )}
      </Empty>
    );
  }
  return (
    <Table label={`Services of ${name}`}>
      <thead>
        <tr>
          <th>Service</th>
          <th>State</th>
          <th className="end">Started</th>
          <th aria-label="What can be done" />
        </tr>
      </thead>
      <tbody>
        {stack.services.map(({ name: service, state, health, since, url }) => (
          <tr key={service}>
            <td>
              {url ? (
                <a href={url} target="_blank" rel="noreferrer" className="row nowrap">
                  {service} <ExternalLink size={13} aria-label="opens in a new tab" />
                </a>
              ) : (
                service
              )}
            </td>
            <td>
              <Badge tone={state !== "running" ? "bad" : health === "none" ? "good" : (tones[health] ?? "busy")}>
                {state === "running" && health !== "none" ? health : state}
              </Badge>
            </td>
            <td className="end muted">
              <Ago at={since} />
            </td>
            <td className="act">
              <Act
                id="restart"
                parameters={{ environment: name, service }}
                label={`Restart ${service}`}
                look="bare"
                icon={<RotateCw aria-hidden />}
                iconOnly
                about={
                  kind === "production"
                    ? `Requests that need ${service} wait until it is healthy again; none is lost.`
                    : `${service} does not answer until it is healthy again.`
                }
              />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
