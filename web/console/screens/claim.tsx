/** The evidence room of one claim: what the house knows, as a picture; what both sides say and show; the decision. */

import { Button, Image } from 'antd';
import { type ReactNode, useState } from 'react';
import { type Code, RESULTS } from '../../../src/cards/schema.ts';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { ClaimDecision, ClaimFile } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { Link, usePathPart } from '../link.tsx';
import { CustodyBar } from '../parts/custody-bar.tsx';
import { Icon } from '../parts/icons.tsx';
import { ShortId } from '../parts/id.tsx';
import { Due, When } from '../parts/moment.tsx';
import { Facts, Panel, Screen } from '../parts/screen.tsx';
import { Mark, StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useMay } from '../session.ts';
import { DecideClaimDialog } from './decide-claim.tsx';

const EVERY_MS = 10_000;

export function ClaimScreen(): ReactNode {
  const t = useSay();
  const id = usePathPart('id');
  const { data, error, refetch } = useAsk(
    'GET /v1/console/claims/:id',
    { params: { id } },
    { everyMs: EVERY_MS },
  );
  if (error && !data) return <Refusal of={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton lines={10} tall />;
  return (
    <Screen
      title={t('claims.one', { id: data.id.slice(-8) })}
      lead={
        <>
          <StateMark process="claim" state={data.state} />{' '}
          {data.deadline && <Due at={data.deadline.at} />}
        </>
      }
      actions={<Actions of={data} />}
    >
      <div className="co-split">
        <div>
          <Summary of={data} />
          {data.decisions.map((made) => (
            <DecisionPanel key={made.round} of={made} />
          ))}
        </div>
        <div>
          <Said of={data} side="claimant" />
          <Said of={data} side="respondent" />
        </div>
        <Known of={data} />
      </div>
    </Screen>
  );
}

const AT_DESK: readonly ClaimFile['state'][] = ['evidence', 'arbitration', 'appealed'];

function Actions({ of }: { of: ClaimFile }): ReactNode {
  const t = useSay();
  const [deciding, setDeciding] = useState(false);
  const may = useMay(['risk', 'support', 'admin']);
  const take = useAct('POST /v1/console/claims/:id/assign', t('claims.taken'));
  const hear = useAct('POST /v1/console/claims/:id/hear', t('claims.heard'));
  const me = useAsk('GET /v1/me', {}, { staleMs: EVERY_MS });
  if (!may || !AT_DESK.includes(of.state)) return null;
  const params = { id: of.id };
  if (!of.assignedTo)
    return (
      <Button
        type="primary"
        loading={take.busy}
        disabled={of.firstReviewer === me.data?.id}
        onClick={() => void take.run({ params })}
      >
        {t('claims.take')}
      </Button>
    );
  if (of.assignedTo !== me.data?.id) return null;
  if (of.state === 'evidence')
    return (
      <Button loading={hear.busy} onClick={() => void hear.run({ params })}>
        {t('claims.hear')}
      </Button>
    );
  return (
    <>
      <Button type="primary" icon={<Icon name="scale" />} onClick={() => setDeciding(true)}>
        {t('claims.decide')}
      </Button>
      {deciding && <DecideClaimDialog of={of} close={() => setDeciding(false)} />}
    </>
  );
}

function Summary({ of }: { of: ClaimFile }): ReactNode {
  const t = useSay();
  const proof = useMay(['compliance', 'risk', 'auditor', 'admin']);
  const pick = usePick();
  return (
    <Panel title={t('claims.facts')}>
      <Facts
        of={[
          [
            t('cases.subject'),
            <Link key="s" to="/market-orders/$id" params={{ id: of.subject }}>
              <ShortId id={of.subject} plain />
            </Link>,
          ],
          [t('cases.reason'), pick(RESULTS[of.reason as Code].text)],
          [t('claims.atStake'), <Money key="m" fen={of.atStakeFen} size="s" />],
          [t('cases.opened'), <When key="o" at={of.openedAt} />],
          [t('claims.claimant'), t(`claims.role.${of.claimantRole}`)],
          [
            t('claims.reviewer'),
            of.assignedTo ? <ShortId key="a" id={of.assignedTo} plain /> : t('claims.nobody'),
          ],
          [
            t('claims.offer'),
            of.offer ? <Money key="f" fen={of.offer.refundFen} size="s" /> : t('shell.none'),
          ],
        ]}
      />
      {proof && (
        <p className="co-links">
          <Link to="/record" search={{ subject: of.id }}>
            {t('claims.record')}
          </Link>
        </p>
      )}
    </Panel>
  );
}

function DecisionPanel({ of }: { of: ClaimDecision }): ReactNode {
  const t = useSay();
  const pick = usePick();
  return (
    <Panel
      title={of.round === 1 ? t('claims.decision') : t('claims.decisionOnAppeal')}
      note={<code className="co-small">{of.rule}</code>}
    >
      <p>{pick(of.reasons)}</p>
      {of.words && <p className="co-claim-words">{of.words}</p>}
      <Facts
        of={[
          [t('claims.basis'), t(`claims.basis.${of.basis}`)],
          [t('cases.outcome'), t(`claims.outcome.${of.outcome}`)],
          [t('claims.refund'), <Money key="r" fen={of.refundFen} size="s" />],
          [t('claims.fault'), t(`claims.fault.${of.fault}`)],
          [
            t('claims.penalty'),
            of.penaltyFen ? <Money key="p" fen={of.penaltyFen} size="s" /> : t('shell.none'),
          ],
          [t('claims.at'), <When key="w" at={of.at} />],
        ]}
      />
    </Panel>
  );
}

/** What one side wrote and showed. */
function Said({ of, side }: { of: ClaimFile; side: 'claimant' | 'respondent' }): ReactNode {
  const t = useSay();
  const other = of.claimantRole === 'buyer' ? 'seller' : 'buyer';
  const role = side === 'claimant' ? of.claimantRole : other;
  const words = of.statements.filter((one) => one.side === side);
  const photos = of.photos.filter((one) => one.side === side);
  return (
    <Panel title={t('claims.says', { who: t(`claims.role.${role}`) })}>
      {words.length + photos.length === 0 && <p className="co-note">{t('claims.saidNothing')}</p>}
      {words.map(({ id, text, at }) => (
        <blockquote key={id} className="co-claim-words">
          <p>{text}</p>
          <When at={at} />
        </blockquote>
      ))}
      <Image.PreviewGroup>
        <div className="co-claim-photos">
          {photos.map(({ id }, nth) => (
            <Image
              key={id}
              width={112}
              height={112}
              src={`/v1/console/claims/${of.id}/photos/${id}`}
              alt={t('claims.photo', { n: nth + 1 })}
            />
          ))}
        </div>
      </Image.PreviewGroup>
    </Panel>
  );
}

function Known({ of }: { of: ClaimFile }): ReactNode {
  const t = useSay();
  const { evidence } = of;
  return (
    <Panel title={t('claims.known')} note={t('claims.knownNote')} className="co-timeline-panel">
      <CustodyBar of={of} />
      <table className="co-claim-table">
        <thead>
          <tr>
            <th scope="col">{t('claims.probe')}</th>
            <th scope="col">{t('claims.at')}</th>
            <th scope="col">{t('claims.shows')}</th>
            <th scope="col">{t('order.balance')}</th>
            <th scope="col">{t('claims.signature')}</th>
          </tr>
        </thead>
        <tbody>
          {evidence.probes.map((probe) => (
            <tr key={probe.when}>
              <td>{t(`claims.probe.${probe.when}`)}</td>
              <td>
                <When at={probe.at} />
              </td>
              <td>{t(`claims.shows.${probe.shows}`)}</td>
              <td>{probe.balanceFen ? <Money fen={probe.balanceFen} size="s" /> : '–'}</td>
              <td>
                <Mark tone={probe.genuine ? 'good' : 'bad'}>
                  {probe.genuine ? t('claims.genuine') : t('claims.forged')}
                </Mark>
              </td>
            </tr>
          ))}
          {evidence.events.map((event) => (
            <tr key={`${event.at} ${event.kind} ${event.amountFen ?? ''}`}>
              <td>{t('claims.event')}</td>
              <td>
                <When at={event.at} />
              </td>
              <td>
                {t(`claims.event.${event.kind}`)}
                {event.by && ` · ${t(`claims.role.${event.by}`)}`}
              </td>
              <td>{event.amountFen ? <Money fen={event.amountFen} size="s" /> : '–'}</td>
              <td>{t('claims.byIssuer')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {evidence.probes.length + evidence.events.length === 0 && (
        <p className="co-note">{t('claims.nothingKnown')}</p>
      )}
      <p className="co-note">
        {t('claims.digest', { n: evidence.version })}{' '}
        <code className="co-break">{evidence.digest}</code>
      </p>
      {of.thread.length > 0 && (
        <ul className="co-claim-thread" aria-label={t('claims.thread')}>
          {of.thread.map((line) => (
            <li key={`${line.at} ${line.text}`} data-from={line.from}>
              <strong>
                {line.from === 'system' ? t('claims.system') : t(`claims.role.${line.from}`)}
              </strong>{' '}
              {line.text} <When at={line.at} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
