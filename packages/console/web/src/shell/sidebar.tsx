import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { LogOut, Menu, Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { Dialog, DialogTrigger, Modal, ModalOverlay } from "react-aria-components";
import { call } from "../lib/api.ts";
import { runsQuery, useSession } from "../lib/queries.ts";
import { chooseTheme, chosenTheme, type Theme } from "../lib/theme.ts";
import { Badge, Button, ErrorNote } from "../parts/basics.tsx";
import { places } from "./places.ts";

export function Sidebar() {
  return (
    <div className="sidebar">
      <Brand />
      <Navigation />
      <Foot />
    </div>
  );
}

/** On a phone the sidebar is a drawer. */
export function Topbar() {
  return (
    <header className="topbar">
      <Brand />
      <DialogTrigger>
        <Button look="bare icon" aria-label="Menu">
          <Menu aria-hidden />
        </Button>
        <ModalOverlay className="overlay aside" isDismissable>
          <Modal className="drawer">
            <Dialog aria-label="Menu">
              {({ close }) => (
                <div className="sidebar">
                  <Brand />
                  <Navigation onGo={close} />
                  <Foot />
                </div>
              )}
            </Dialog>
          </Modal>
        </ModalOverlay>
      </DialogTrigger>
    </header>
  );
}

function Brand() {
  const { project } = useSession();
  return (
    <Link to="/" className="brand">
      <img src="/icon.svg" alt="" />
      <span>
        Understudy
        <small>{project}</small>
      </span>
    </Link>
  );
}

function Navigation({ onGo }: { onGo?: () => void }) {
  const { data: runs = [] } = useQuery(runsQuery);
  const running = runs.filter(({ state }) => state === "running").length;
  return (
    <nav className="nav" aria-label="Pages">
      {places.map(({ title, links }) => (
        <div key={title ?? "top"} className="nav">
          {title && <div className="nav-group">{title}</div>}
          {links.map(({ to, words, icon: Icon }) => (
            <Link key={to} to={to} {...(onGo ? { onClick: onGo } : {})} activeOptions={{ exact: to === "/" }}>
              <Icon aria-hidden />
              {words}
              {to === "/runs" && running > 0 && (
                <span className="count">
                  <Badge tone="busy">{running} under way</Badge>
                </span>
              )}
            </Link>
          ))}
        </div>
      ))}
    </nav>
  );
}

const themeButtons = { system: ["dark", Monitor], dark: ["light", Moon], light: ["system", Sun] } as const;

function Foot() {
  const { name, role } = useSession();
  const client = useQueryClient();
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  const [next, Icon] = themeButtons[theme];
  const logOut = useMutation({
    mutationFn: () => call("POST", "/api/console/logout"),
    onSuccess: () => {
      client.clear();
      location.assign("/");
    },
  });
  return (
    <div className="sidebar-foot">
      {logOut.error && <ErrorNote error={logOut.error} />}
      <div className="person">
        <div>
          <strong>{name}</strong>
          <div className="muted small">{role}</div>
        </div>
        <Button
          look="bare icon"
          aria-label={`Colours: ${theme}. Change to ${next}`}
          onPress={() => {
            chooseTheme(next);
            setTheme(next);
          }}
        >
          <Icon aria-hidden />
        </Button>
        <Button look="bare icon" aria-label="Log out" onPress={() => logOut.mutate()}>
          <LogOut aria-hidden />
        </Button>
      </div>
    </div>
  );
}
