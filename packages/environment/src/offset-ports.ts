import type { ComposeModel } from "@understudy/compose";
import { UserError } from "@understudy/core";

/** The model with every published port moved by `offset`, so that several environments share one host. */
export function offsetPorts(model: ComposeModel, offset: number): ComposeModel {
  if (offset === 0) return model;
  const services = Object.entries(model.services).map(([name, service]) => {
    const ports = service.ports.map((port) => {
      if (port.published === undefined) return port;
      const published = port.published + offset;
      if (published > 65_535) {
        throw new UserError(
          `portOffset ${offset} moves port ${port.published} of ${name} to ${published}, which does not exist`,
          {
            next: "Choose a smaller portOffset in understudy.yml",
          },
        );
      }
      return { ...port, published };
    });
    return [name, { ...service, ports }] as const;
  });
  return { ...model, services: Object.fromEntries(services) };
}
