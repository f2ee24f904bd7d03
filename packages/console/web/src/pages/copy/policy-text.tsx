import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Label, TextArea, TextField } from "react-aria-components";
import type { PolicyFile } from "../../../../src/contract/policy.ts";
import { call } from "../../lib/api.ts";
import { policyQuery, useSession } from "../../lib/queries.ts";
import { Button, Card, ErrorNote, Note } from "../../parts/basics.tsx";
import { Loaded } from "../../parts/loaded.tsx";

/** The file itself. */
export function PolicyText() {
  const client = useQueryClient();
  const policy = useQuery(policyQuery);
  const save = useMutation({
    mutationFn: (edited: PolicyFile) => call<PolicyFile>("PUT", "/api/console/policy", edited),
    onSuccess: async (saved) => {
      client.setQueryData(policyQuery.queryKey, saved);
      await client.invalidateQueries({ queryKey: ["proposals"] });
    },
  });
  return (
    <div className="stack">
      {save.error && <ErrorNote error={save.error} />}
      {save.isSuccess && <Note tone="good" title="Saved" />}
      <Loaded query={policy} lines={10}>
        {(file) => (
          <Editor key={file.mark} file={file} busy={save.isPending} onSave={(text) => save.mutate({ ...file, text })} />
        )}
      </Loaded>
    </div>
  );
}

/** Begins anew with every text of the file: what is saved goes over the text that one has seen. */
function Editor({ file, busy, onSave }: { file: PolicyFile; busy: boolean; onSave: (text: string) => void }) {
  const { role } = useSession();
  const [text, setText] = useState(file.text);
  const isChanged = text !== file.text;
  return (
    <Card
      title="sanitize.yml"
      about="Saved only when it is understood"
      actions={
        <>
          <Button onPress={() => setText(file.text)} isDisabled={!isChanged}>
            Undo
          </Button>
          <Button look="primary" onPress={() => onSave(text)} isDisabled={!isChanged || busy || role !== "operator"}>
            Save
          </Button>
        </>
      }
    >
      <TextField value={text} onChange={setText} isReadOnly={role !== "operator"}>
        <Label className="hidden">sanitize.yml</Label>
        <TextArea className="input" spellCheck={false} rows={22} />
      </TextField>
    </Card>
  );
}
