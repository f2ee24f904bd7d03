import { registrationTables } from "@understudy/n8n";
import type { KnownVersions, NamedColumns } from "../require-schema.ts";

export const n8nVersions: KnownVersions = {
  service: "n8n",
  query: "SELECT name AS migration FROM public.migrations ORDER BY timestamp DESC LIMIT 1",
  releases: { AddExecutionScopesToCustomRoles1789995003141: "2.41" },
};

/** What staging's own is read from, and written to in the copy. */
export const ownColumns: NamedColumns = {
  user: [
    "id",
    "email",
    "firstName",
    "lastName",
    "password",
    "settings",
    "disabled",
    "mfaEnabled",
    "mfaSecret",
    "mfaRecoveryCodes",
    "lastActiveAt",
    "roleSlug",
  ],
  user_api_keys: ["id", "userId", "label", "apiKey", "scopes", "audience"],
  settings: ["key", "value", "loadOnStartup"],
  deployment_key: ["id", "type", "value", "algorithm", "status"],
};

/** What is written or asked in the copy. */
export const copyColumns: NamedColumns = {
  ...ownColumns,
  workflow_entity: ["id", "name", "active", "activeVersionId", "triggerCount", "pinData", "staticData"],
  workflow_published_version: ["workflowId"],
  execution_entity: ["status", "waitTill", "stoppedAt", "finished"],
  credentials_entity: ["id", "data", "isResolvable", "resolverId"],
  agents: ["activeVersionId"],
};

/** Everything that would run, or be called from outside, without anybody asking for it. n8n registers anew what is active. */
export const dueTables: readonly string[] = [
  ...registrationTables,
  "scheduled_task",
  "scheduled_job",
  "poller_state",
  "agent_background_job",
  "agent_channel_status",
  "agent_chat_subscriptions",
  "agent_checkpoints",
  "agent_task_run_lock",
  "instance_ai_checkpoints",
  "instance_ai_pending_confirmations",
  "instance_monitoring_report",
];

/** Keys, tokens and secrets of production's, who signs on elsewhere, and connections to other systems. */
export const secretTables: readonly string[] = [
  "auth_identity",
  "deployment_key",
  "dynamic_credential_entry",
  "dynamic_credential_user_entry",
  "dynamic_credential_resolver",
  "event_destinations",
  "instance_ai_mcp_registry_connections",
  "invalid_auth_token",
  "oauth_access_tokens",
  "oauth_authorization_codes",
  "oauth_clients",
  "oauth_refresh_tokens",
  "oauth_user_consents",
  "promotion_config",
  "promotion_connection_project",
  "promotion_connection",
  "promotion_provider",
  "role_mapping_rule",
  "secrets_provider_connection",
  "settings",
  "token_exchange_jti",
  "trusted_key",
  "trusted_key_source",
  "user_api_keys",
];

/** Left by executions. */
export const executionTables: readonly string[] = ["execution_entity", "execution_data", "binary_data"];
