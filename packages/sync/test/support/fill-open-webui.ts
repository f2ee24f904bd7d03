import type { Garden } from "./planted.ts";
import { json } from "./sql.ts";
import type { Stage } from "./stage.ts";

/** Fill production's Open WebUI: users, and what they wrote. */
export async function fillOpenWebui(stage: Stage, garden: Garden): Promise<void> {
  const rows = garden.plantRows("open-webui", {
    email: "email",
    name: "name",
    bio: "phone",
    title: "name",
    said: "email",
    memory: "phone",
    note: "email",
    file: "name",
  });
  await stage.sql(
    "production",
    "openwebui",
    `CREATE TEMP TABLE planted AS SELECT 'planted-' || row_number() OVER () AS id, 1760000000 AS at, * FROM jsonb_to_recordset(${json(rows)})
       AS rows (email text, name text, bio text, title text, said text, memory text, note text, file text);
     INSERT INTO "user" (id, email, name, role, bio, settings, profile_image_url, last_active_at, updated_at, created_at)
       SELECT id, email, name, 'user', 'Call ' || bio, json_build_object('notify', email), '/user.png', at, at, at FROM planted;
     INSERT INTO auth (id, email, password, active) SELECT id, email, '$2b$12$' || repeat('x', 53), true FROM planted;
     INSERT INTO chat (id, user_id, title, chat, meta, archived, pinned, created_at, updated_at)
       SELECT id, id, 'About ' || title, json_build_object('title', title, 'messages', json_build_array(json_build_object('role', 'user',
         'content', 'I am ' || said))), '{}', false, false, at, at FROM planted;
     INSERT INTO memory (id, user_id, content, type, created_at, updated_at) SELECT id, id, 'Reached at ' || memory, 'text', at, at FROM planted;
     INSERT INTO note (id, user_id, title, data, created_at, updated_at)
       SELECT id, id, 'Note', json_build_object('content', json_build_object('md', 'Mail ' || note)), at, at FROM planted;
     INSERT INTO file (id, user_id, filename, data, meta, created_at, updated_at)
       SELECT id, id, file || '.pdf', '{}', '{}', at, at FROM planted`,
  );
}
