const PAGE_SIZE = 100;
const SESSION = "portal.session";

const FLOWS = {
  "/members": { title: "Members", procedure: "upsquad.member.v1.MemberService/ListMembers", list: "members",
    row: (member) => [member.displayName, member.role ?? "no team"] },
  "/teams": { title: "Teams", procedure: "upsquad.tenant.v1.TenantService/ListTeams", list: "teams",
    row: (team) => [team.name, `${team.memberCount ?? 0} members`] },
  "/governance": { title: "Governance policies", procedure: "upsquad.governance.v1.GovernanceService/ListPolicies",
    list: "policies", row: (policy) => [policy.name, `${policy.effect} on ${policy.layer}`] },
  "/org-chart": { title: "Org chart", procedure: "upsquad.tenant.v1.TenantService/GetOrgChart" },
};

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

async function asked(config, procedure, message) {
  const answer = await fetch(`${config.gateway}/${procedure}`, {
    method: "POST",
    body: JSON.stringify(message),
    headers: {
      "content-type": "application/json",
      "connect-protocol-version": "1",
      "authorization": `Bearer ${localStorage.getItem(SESSION)}`,
      "x-upsquad-org-id": config.org,
    },
  });
  if (!answer.ok) throw new Error(`${procedure} answered ${answer.status}`);
  return answer.json();
}

function named(text, aside) {
  return [element("span", { "data-testid": "name" }, text ?? ""), element("span", { class: "aside" }, aside)];
}

async function list(main, flow, config) {
  const rows = element("ul", { class: "rows", "aria-label": flow.title, "aria-busy": "true" });
  const next = element("button", { type: "button", hidden: "" }, "Next page");
  main.append(rows, next);

  async function show(token) {
    next.disabled = true;
    rows.setAttribute("aria-busy", "true");
    rows.replaceChildren(...Array.from({ length: 6 }, () => element("li", { class: "placeholder" }, "Loading…")));
    const page = await asked(config, flow.procedure, { pageSize: PAGE_SIZE, pageToken: token });
    if (config.behaviour.placeholder) return;
    const found = page[flow.list] ?? [];
    const kept = page.nextPageToken ? found : found.slice(0, found.length - config.behaviour.hidden_rows);
    rows.replaceChildren(...kept.map((record) => element("li", { "data-id": record.id }, ...named(...flow.row(record)))));
    rows.setAttribute("aria-busy", "false");
    next.hidden = !page.nextPageToken;
    next.disabled = false;
    next.onclick = () => show(page.nextPageToken);
  }
  await show("");
}

function branch(node, hidden) {
  const children = node.children ?? [];
  const kept = children.slice(0, Math.max(0, children.length - hidden)).map((child) => branch(child, 0));
  const own = named(node.name, node.kind + (node.memberIds ? `, ${node.memberIds.length} members` : ""));
  return element("li", { role: "treeitem", "data-id": node.id, "aria-label": node.name }, ...own,
    ...(kept.length ? [element("ul", { role: "group" }, ...kept)] : []));
}

async function tree(main, flow, config) {
  const shown = element("ul", { role: "tree", "aria-label": flow.title, "aria-busy": "true" });
  shown.append(element("li", { role: "treeitem", class: "placeholder" }, "Loading…"));
  main.append(shown);
  const { root } = await asked(config, flow.procedure, {});
  if (config.behaviour.placeholder) return;
  shown.replaceChildren(branch(root, config.behaviour.hidden_rows));
  shown.setAttribute("aria-busy", "false");
}

async function start() {
  const main = document.querySelector("main");
  const flow = FLOWS[location.pathname];
  document.querySelector(`header a[href="${location.pathname}"]`)?.setAttribute("aria-current", "page");
  if (!flow) return main.append(element("h1", {}, "Choose a flow above"));
  if (!localStorage.getItem(SESSION)) return main.append(element("h1", {}, "Sign in"));
  const answer = await fetch("/config.json");
  if (!answer.ok) return main.append(element("h1", {}, "The portal is not available"));
  const config = await answer.json();
  main.append(element("h1", {}, flow.title));
  if (config.behaviour.console_error) console.error("TypeError: cannot read properties of undefined (reading 'pillar')");
  if (config.behaviour.console_warning) console.warn("Error boundaries are deprecated: TypeError handling moves to v4");
  if (config.behaviour.missing_icon) new Image().src = "/favicon.ico";
  if (config.behaviour.third_party) fetch("https://stats.example.com/seen", { mode: "no-cors" }).catch(() => {});
  if (config.behaviour.shows_token) main.append(element("p", {}, `signed in with ${localStorage.getItem(SESSION)}`));
  await (flow.list ? list : tree)(main, flow, config);
}

start();
