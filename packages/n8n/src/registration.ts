/**
 * Tables of n8n 2.41 in which it notes what of live workflows it has registered. Emptied together, it registers anew at its next start;
 * only one of them emptied, it believes the others.
 */
export const registrationTables = [
  "webhook_entity",
  "workflow_publication_outbox",
  "workflow_publication_trigger_status",
] as const;
