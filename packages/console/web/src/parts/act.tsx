import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { Dialog, DialogTrigger, Form, Heading, Modal, ModalOverlay } from "react-aria-components";
import { type ActionId, actions, commandOf, type In, type ParametersOf } from "../../../src/contract/actions.ts";
import type { Run } from "../../../src/contract/run.ts";
import { call } from "../lib/api.ts";
import { useEnvironments, useSession } from "../lib/queries.ts";
import { Button, CommandLine, ErrorNote, Note } from "./basics.tsx";
import { Field } from "./fields.tsx";

interface ActProps<Id extends ActionId> {
  readonly id: Id;
  readonly parameters: ParametersOf<Id> & In;
  /** On the button; the action's title unless told. */
  readonly label?: string;
  readonly look?: string;
  /** What it will do, for who has to decide. */
  readonly about: ReactNode;
  /** Further choices, which change the parameters. */
  readonly children?: ReactNode;
  readonly icon?: ReactNode;
  /** The label is heard only. */
  readonly iconOnly?: boolean;
  readonly disabled?: boolean;
}

/** A button that does something: it first says what, and by which command. A danger to production asks for production's name. */
export function Act<Id extends ActionId>(props: ActProps<Id>) {
  const { role } = useSession();
  const { id, label = actions[id].title, look = "", icon, iconOnly = false, disabled = false } = props;
  return (
    <DialogTrigger>
      <Button look={iconOnly ? `${look} icon` : look} aria-label={label} isDisabled={disabled || role !== "operator"}>
        {icon}
        {!iconOnly && label}
      </Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog>{({ close }) => <Ask {...props} close={close} />}</Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

function Ask<Id extends ActionId>({ id, parameters, about, children, close }: ActProps<Id> & { close: () => void }) {
  const { title, weight } = actions[id];
  const { environment } = parameters;
  const isProduction = useEnvironments("production").some(({ name }) => name === environment);
  const [typed, setTyped] = useState("");
  const start = useStart(close);
  const mustType = weight === "danger" && isProduction;
  return (
    <Form
      className="dialog"
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate({ action: id, parameters });
      }}
    >
      <Heading slot="title" level={2}>
        {title}
      </Heading>
      <p>{about}</p>
      {children}
      <CommandLine command={commandOf(id, parameters)} />
      {mustType && (
        <Field
          label={`Type “${environment}” to go on`}
          value={typed}
          onChange={setTyped}
          autoComplete="off"
          autoFocus
        />
      )}
      {weight === "danger" && !isProduction && <Note tone="warn">This changes {environment} as it stands.</Note>}
      {start.error && <ErrorNote error={start.error} />}
      <div className="actions">
        <Button onPress={close}>Not now</Button>
        <Button
          type="submit"
          look={weight === "danger" ? "danger" : "primary"}
          isPending={start.isPending}
          isDisabled={start.isPending || (mustType && typed !== environment)}
        >
          {title}
        </Button>
      </div>
    </Form>
  );
}

/** Start an action, and show it as it goes. */
function useStart(close: () => void) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (order: { action: ActionId; parameters: object }) => call<Run>("POST", "/api/console/runs", order),
    onSuccess: async (run) => {
      close();
      await client.invalidateQueries({ queryKey: ["runs"] });
      await navigate({ to: "/runs/$id", params: { id: run.id } });
    },
  });
}
