import type { Rates } from "./load.ts";
import { type ServiceName, serviceNames } from "./services.ts";

/**
 * Requests a second, and how many of them are writes: `50,n8n=20` is 50 for every service but n8n.
 * @throws Error for what is no service or no number
 */
export function readRates(all: string, writes: string): Rates {
  const [requests, written] = [read(all), read(writes)];
  const rates = serviceNames.map((service) => {
    const rate = { all: requests[service], writes: written[service] };
    if (rate.all > 0 && rate.writes <= rate.all) return [service, rate];
    throw new Error(`${service}: ${rate.writes} writes among ${rate.all} requests`);
  });
  return Object.fromEntries(rates) as Rates;
}

function read(text: string): Record<ServiceName, number> {
  const rates: Partial<Record<ServiceName, number>> = {};
  for (const part of text.split(",")) {
    const [, name, number] = /^(?:([a-z0-9-]+)=)?(\d+(?:\.\d+)?)$/.exec(part) ?? [];
    const named = serviceNames.filter((service) => name === undefined || name === service);
    if (named.length === 0) throw new Error(`no rate: ${part}`);
    for (const service of named) rates[service] = Number(number);
  }
  return { n8n: 0, letta: 0, "open-webui": 0, ...rates };
}
