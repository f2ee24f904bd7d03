import type { UseMutationResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Button, CommandLine, ErrorNote } from "./basics.tsx";

/** Ask before something that cannot be taken back. */
export function Confirm({
  trigger,
  title,
  about,
  command,
  verb,
  back = "Go back",
  run,
}: {
  trigger: ReactNode;
  title: string;
  about: ReactNode;
  /** Which does the same. */
  command: string;
  verb: string;
  back?: string;
  run: UseMutationResult<unknown, Error, void>;
}) {
  return (
    <DialogTrigger>
      {trigger}
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog role="alertdialog" className="dialog">
            {({ close }) => (
              <>
                <Heading slot="title" level={2}>
                  {title}
                </Heading>
                <p>{about}</p>
                <CommandLine command={command} />
                {run.error && <ErrorNote error={run.error} />}
                <div className="actions">
                  <Button onPress={close} autoFocus>
                    {back}
                  </Button>
                  <Button
                    look="danger"
                    isDisabled={run.isPending}
                    onPress={() => run.mutate(undefined, { onSuccess: close })}
                  >
                    {verb}
                  </Button>
                </div>
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
