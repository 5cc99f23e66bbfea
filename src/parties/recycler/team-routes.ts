/** Routes of the people and the programs of a shop: members, invitations, API keys. */
import { Type } from 'typebox';
import { type App, callerOf, inTransaction, Problem } from '#platform';
import { maskPhone } from '../domain.ts';
import { openPhone } from '../person.ts';
import { pass } from '../throttle.ts';
import { dropKey, makeKey } from './key.ts';
import { requireMemberRow } from './recycler.ts';
import { type RecyclerRoutesDeps, whoIn } from './route-deps.ts';
import {
  ById,
  InviteBody,
  Joined,
  KeyBody,
  KeyList,
  MyInvites,
  NewKey,
  OnInvite,
  OnKey,
  OnMember,
  RoleBody,
  TeamView,
} from './schema.ts';
import { membersOf } from './store.ts';
import { type ApiKey, invitesOf, keysOf } from './store-team.ts';
import { answerInvite, invite, openInvitesTo, setTeamRole, withdrawInvite } from './team.ts';

const tags = ['recyclers'];
const no = { '4xx': Problem };

async function teamView(
  { db, keys, clock }: RecyclerRoutesDeps,
  { recyclerId, userId }: { recyclerId: string; userId: string },
) {
  const at = clock.now();
  const [members, invites] = await Promise.all([
    membersOf(db, recyclerId),
    invitesOf(db, recyclerId),
  ]);
  return {
    members: members.map(({ userId: id, role, phoneSealed, since }) => ({
      ...{ userId: id, isMe: id === userId, role, since: since.toISOString() },
      phoneMasked: phoneSealed
        ? maskPhone(openPhone(keys, { id, phoneSealed, createdAt: since }).reveal())
        : '',
    })),
    invites: invites
      .filter(({ expiresAt }) => at < expiresAt)
      .map(({ id, phoneMasked, role, expiresAt }) => ({
        ...{ id, phoneMasked, role, expiresAt: expiresAt.toISOString() },
      })),
  };
}

export function teamRoutes(app: App, deps: RecyclerRoutesDeps): void {
  const { db, keys, clock, config } = deps;
  const on = (summary: string) => ({ tags, summary, response: { 200: TeamView, ...no } });
  app.get(
    '/v1/recyclers/:id/team',
    {
      config: { access: 'user' },
      schema: { ...on('Who works in the shop, and who is invited.'), params: ById },
    },
    async (request) => {
      await requireMemberRow(db, whoIn(request));
      return await teamView(deps, whoIn(request));
    },
  );
  app.post(
    '/v1/recyclers/:id/invites',
    {
      config: { access: 'user', stepUp: true },
      schema: {
        ...on('Invite a phone number; the answer does not tell whether it has an account.'),
        ...{ params: ById, body: InviteBody },
      },
    },
    async (request) => {
      const who = { ...whoIn(request), at: clock.now() };
      await requireMemberRow(db, { ...who, role: 'owner' });
      await pass({ db, keys, config, at: who.at }, { 'invite.person': who.userId });
      await inTransaction(db, (tx) => invite(tx, { ...who, keys, ...request.body }));
      return await teamView(deps, who);
    },
  );
  app.delete(
    '/v1/recyclers/:id/invites/:inviteId',
    {
      config: { access: 'user' },
      schema: { ...on('Take an invitation back.'), params: OnInvite },
    },
    async (request) => {
      const who = { ...whoIn(request), at: clock.now() };
      const { inviteId } = request.params;
      await requireMemberRow(db, { ...who, role: 'owner' });
      await inTransaction(db, (tx) => withdrawInvite(tx, { ...who, inviteId }));
      return await teamView(deps, who);
    },
  );
  memberRoutes(app, deps);
  inviteeRoutes(app, deps);
}

function memberRoutes(app: App, deps: RecyclerRoutesDeps): void {
  const { db, clock } = deps;
  app.put(
    '/v1/recyclers/:id/team/:memberId',
    {
      config: { access: 'user', stepUp: true },
      schema: {
        ...{ tags, summary: 'Give a member another role; it works at once.', params: OnMember },
        ...{ body: RoleBody, response: { 200: TeamView, ...no } },
      },
    },
    async (request) => {
      const who = { ...whoIn(request), at: clock.now() };
      const { memberId } = request.params;
      await requireMemberRow(db, { ...who, role: 'owner' });
      await inTransaction(db, (tx) => setTeamRole(tx, { ...who, memberId, ...request.body }));
      return await teamView(deps, who);
    },
  );
  app.delete(
    '/v1/recyclers/:id/team/:memberId',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Let a member go, or leave the team oneself.', params: OnMember },
        response: { 204: Type.Null(), ...no },
      },
    },
    async (request, reply) => {
      const who = { ...whoIn(request), at: clock.now() };
      const { memberId } = request.params;
      const role = memberId === who.userId ? 'viewer' : 'owner';
      await requireMemberRow(db, { ...who, role });
      await inTransaction(db, (tx) => setTeamRole(tx, { ...who, memberId, role: undefined }));
      return reply.code(204).send(null);
    },
  );
}

function inviteeRoutes(app: App, { db, keys, clock }: RecyclerRoutesDeps): void {
  app.get(
    '/v1/me/recycler-invites',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Shops that asked my number to join.',
        response: { 200: MyInvites, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const asked = await openInvitesTo(db, { keys, userId, at: clock.now() });
      return {
        items: asked.map(({ id, recyclerId, shop, role, expiresAt }) => ({
          ...{ id, recyclerId, shop, role, expiresAt: expiresAt.toISOString() },
        })),
      };
    },
  );
  const acts = { accept: 'Join the shop.', decline: 'Say no to the invitation.' } as const;
  for (const act of ['accept', 'decline'] as const)
    app.post(
      `/v1/me/recycler-invites/:id/${act}`,
      {
        config: { access: 'user' },
        schema: { tags, summary: acts[act], params: ById, response: { 200: Joined, ...no } },
      },
      async (request) => {
        const { userId } = callerOf(request);
        const answer = { keys, id: request.params.id, userId, accept: act === 'accept' };
        const recyclerId = await inTransaction(db, (tx) =>
          answerInvite(tx, { ...answer, at: clock.now() }),
        );
        return { recyclerId };
      },
    );
}

const keyView = (key: ApiKey) => ({
  ...{ id: key.id, name: key.name, tail: key.tail, madeAt: key.madeAt.toISOString() },
  scopes: [...key.scopes],
  networks: [...key.networks],
  ...(key.usedAt && { usedAt: key.usedAt.toISOString() }),
  ...(key.expiresAt && { expiresAt: key.expiresAt.toISOString() }),
  ...(key.revokedAt && { revokedAt: key.revokedAt.toISOString() }),
});

export function keyRoutes(app: App, { db, clock, news }: RecyclerRoutesDeps): void {
  const list = async (recyclerId: string) => (await keysOf(db, recyclerId)).map(keyView);
  app.get(
    '/v1/recyclers/:id/keys',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Keys of the shop’s programs.', params: ById },
        response: { 200: KeyList, ...no },
      },
    },
    async (request) => {
      await requireMemberRow(db, { ...whoIn(request), role: 'owner' });
      return { items: await list(request.params.id) };
    },
  );
  app.post(
    '/v1/recyclers/:id/keys',
    {
      config: { access: 'user', stepUp: true, secret: true },
      schema: {
        ...{ tags, summary: 'Make a key; the answer is the only one that shows it.', params: ById },
        ...{ body: KeyBody, response: { 201: NewKey, ...no } },
      },
    },
    async (request, reply) => {
      const who = { ...whoIn(request), at: clock.now() };
      await requireMemberRow(db, { ...who, role: 'owner' });
      const { days, ...body } = request.body;
      const key = await inTransaction(db, (tx) => makeKey(tx, { ...who, ...body, days }));
      return reply.code(201).send({ key, items: await list(who.recyclerId) });
    },
  );
  app.delete(
    '/v1/recyclers/:id/keys/:keyId',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Revoke a key; it works no more from now on.', params: OnKey },
        response: { 200: KeyList, ...no },
      },
    },
    async (request) => {
      const who = { ...whoIn(request), at: clock.now() };
      const { keyId } = request.params;
      await requireMemberRow(db, { ...who, role: 'owner' });
      await inTransaction(db, (tx) => dropKey(tx, { ...who, keyId, news }));
      return { items: await list(who.recyclerId) };
    },
  );
}
