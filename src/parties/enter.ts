/** Coming in: whoever has proved to be somebody gets a session of that person, its cookie, and the own account to see. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { type Caller, inTransaction, type Tx } from '#platform';
import type { PartiesDeps } from './deps.ts';
import { meView, newcomer } from './me.ts';
import type { SignedIn } from './schema.ts';
import { deviceOf, openSession, type SessionProof, setCookie } from './session.ts';
import { deleteSession } from './store.ts';

type Doors = Pick<PartiesDeps, 'db' | 'keys' | 'config'>;
interface Coming {
  readonly request: FastifyRequest;
  readonly how: SessionProof;
  readonly at: Date;
}
interface Opened {
  readonly userId: string;
  readonly token: string;
}

/** One browser is one person: the session that it had before ends with the same commit. */
export async function openFor(
  tx: Tx,
  { request, how, at, userId }: Coming & { userId: string },
): Promise<Opened> {
  await endSession(tx, request.caller);
  const { token } = await openSession(tx, { userId, how, device: deviceOf(request), at });
  return { userId, token };
}

export async function welcome(
  deps: Doors,
  { reply, how, at, opened }: Omit<Coming, 'request'> & { reply: FastifyReply; opened: Opened },
): Promise<Static<typeof SignedIn>> {
  setCookie(reply, deps.config, opened.token);
  const strong = how === 'passkey';
  const caller = await newcomer(deps, { userId: opened.userId, strong, at });
  return { user: await meView(deps, caller, at) };
}

/** Opens a session for whom `prove` gives, in one transaction with the proof; what it refuses opens nothing. */
export async function enter(
  deps: Doors,
  { reply, ...coming }: Coming & { reply: FastifyReply },
  prove: (tx: Tx) => Promise<string>,
): Promise<Static<typeof SignedIn>> {
  const opened = await inTransaction(deps.db, async (tx) =>
    openFor(tx, { ...coming, userId: await prove(tx) }),
  );
  return await welcome(deps, { ...coming, reply, opened });
}

export async function endSession(tx: Tx, caller: Caller | undefined): Promise<void> {
  if (caller) await deleteSession(tx, { id: caller.sessionId, personId: caller.userId });
}
