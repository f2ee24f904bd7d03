import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Form } from "react-aria-components";
import type { Session } from "../../../src/contract/session.ts";
import { call, setCsrf } from "../lib/api.ts";
import { sessionQuery } from "../lib/queries.ts";
import { Button, ErrorNote } from "../parts/basics.tsx";
import { Field } from "../parts/fields.tsx";

export function Login() {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const login = useMutation({
    mutationFn: () => call<Session>("POST", "/api/console/login", { name, password }),
    onSuccess: (session) => {
      setCsrf(session.csrf);
      client.setQueryData(sessionQuery.queryKey, session);
    },
  });
  return (
    <main className="login">
      <Form
        onSubmit={(event) => {
          event.preventDefault();
          login.mutate();
        }}
      >
        <div className="row">
          <img src="/icon.svg" alt="" width={34} height={34} />
          <h1>Understudy</h1>
        </div>
        <div className="card stack">
          <Field label="Name" value={name} onChange={setName} autoComplete="username" isRequired autoFocus />
          <Field
            label="Password"
            type="password"
            value={password}
            onChange={setPassword}
            autoComplete="current-password"
            isRequired
          />
          {login.error && <ErrorNote error={login.error} />}
          <Button type="submit" look="primary" isDisabled={login.isPending}>
            {login.isPending ? "Logging in…" : "Log in"}
          </Button>
        </div>
      </Form>
    </main>
  );
}
