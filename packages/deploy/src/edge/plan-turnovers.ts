import { type ComposeModel, containersOf, requires } from "@understudy/compose";
import { type ReplaceManner, replaceManner } from "./replace-manner.ts";

/** What the edge does for one service that it serves, while containers are replaced. */
export interface Turnover {
  readonly service: string;
  readonly manner: ReplaceManner;
  /** The services that are replaced and that it needs, itself included: it serves again once all of them are healthy. */
  readonly replaced: readonly string[];
}

/** What runs before anything is replaced. */
export interface Standing {
  /** The services that the edge serves. */
  readonly served: readonly string[];
  /** Those of them that a bridge serves, since a run before did not end well. */
  readonly bridged: readonly string[];
  /** The services that run: what does not run cannot overlap. */
  readonly running: readonly string[];
  /** Nothing is started twice, whatever its label says: it is there soonest. */
  readonly straight?: boolean;
}

/**
 * Which services behind the edge are touched when others are replaced, and in which manner. A service that needs one
 * that goes away cannot serve, whatever its own label says: its requests are held. A bridge that is still there stays
 * until the service itself serves again. Pure.
 * @param replaced the services whose containers are replaced, or made where there is none
 */
export function planTurnovers(
  model: ComposeModel,
  replaced: readonly string[],
  { served, bridged, running, straight = false }: Standing,
): Turnover[] {
  return Object.values(model.services)
    .filter(({ name }) => served.includes(name))
    .map((service): Turnover => {
      // A further container that is new takes nothing away.
      const own = containersOf(model, service.name).filter((name) => name === service.name || running.includes(name));
      const needed = [...requires(model, service.name), ...own];
      const touched = needed.filter((name) => replaced.includes(name));
      const alone = touched.length === 1 && touched[0] === service.name && running.includes(service.name);
      const manner = bridged.includes(service.name) ? "overlap" : alone && !straight ? replaceManner(service) : "hold";
      return { service: service.name, manner, replaced: touched };
    })
    .filter((turnover) => turnover.replaced.length > 0 || bridged.includes(turnover.service));
}
