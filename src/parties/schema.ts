/** What goes in and out over HTTP about people, and the words of every purpose a person may agree to. */

import { type Static, type TSchema, Type } from 'typebox';
import { Body, Id, Instant } from '#platform/schema';

const Role = Type.Enum(['support', 'risk', 'finance', 'compliance', 'auditor', 'admin']);
const Base64Url = Type.String({ pattern: '^[A-Za-z0-9_-]{1,8192}$' });
export const Phone = Type.String({
  minLength: 5,
  maxLength: 30,
  description: 'Mainland mobile number; spaces, hyphens, +86 and full-width digits are understood',
});
export const Code = Type.String({ pattern: '^[0-9]{6}$' });

export const RealNameView = Type.Object({
  state: Type.Enum(['none', 'pending', 'verified', 'rejected']),
  nameMasked: Type.Optional(Type.String()),
  /** Why it was rejected: name_mismatch, provider_unavailable, consent_withdrawn, expired. */
  reason: Type.Optional(Type.String()),
});

export const Me = Type.Object({
  id: Id,
  phoneMasked: Type.String(),
  /** Roles in force now; empty for staff until a second factor is proven in this session. */
  roles: Type.Array(Role),
  secondFactorNeeded: Type.Boolean(),
  realName: RealNameView,
  factors: Type.Object({ totp: Type.Boolean(), passkeys: Type.Integer() }),
  /** Ways that can raise this session now. */
  stepUpMethods: Type.Array(Type.Enum(['otp', 'totp', 'passkey'])),
  steppedUpUntil: Type.Optional(Instant),
  demo: Type.Boolean(),
  createdAt: Instant,
});
export type Me = Static<typeof Me>;

export const OtpBody = Body({ phone: Phone });
export const OtpSent = Type.Object({ sentTo: Type.String(), expiresInSeconds: Type.Integer() });
export const OtpVerifyBody = Body({ phone: Phone, code: Code });
export const SignedIn = Type.Object({ user: Me });
export const StepUpBody = Body({
  method: Type.Enum(['otp', 'totp']),
  code: Code,
});
export const SteppedUp = Type.Object({ steppedUpUntil: Instant });

export const TotpEnrolment = Type.Object({
  secret: Type.String({ description: 'Base32, for typing in by hand' }),
  uri: Type.String({ description: 'otpauth:// address, for a QR code' }),
});
export const TotpConfirmBody = Body({ code: Code });

const Credential = Type.Object({
  id: Type.String(),
  type: Type.Literal('public-key'),
  transports: Type.Optional(Type.Array(Type.String())),
});
const ceremony = <T extends TSchema>(options: T) => Type.Object({ ceremonyId: Id, options });
export const PasskeyCreation = ceremony(
  Type.Object({
    rp: Type.Object({ name: Type.String(), id: Type.Optional(Type.String()) }),
    user: Type.Object({ id: Type.String(), name: Type.String(), displayName: Type.String() }),
    challenge: Type.String(),
    pubKeyCredParams: Type.Array(
      Type.Object({ alg: Type.Integer(), type: Type.Literal('public-key') }),
    ),
    timeout: Type.Optional(Type.Integer()),
    excludeCredentials: Type.Optional(Type.Array(Credential)),
    authenticatorSelection: Type.Optional(
      Type.Object({
        residentKey: Type.Optional(Type.String()),
        requireResidentKey: Type.Optional(Type.Boolean()),
        userVerification: Type.Optional(Type.String()),
      }),
    ),
    attestation: Type.Optional(Type.String()),
  }),
);
export const PasskeyRequest = ceremony(
  Type.Object({
    challenge: Type.String(),
    timeout: Type.Optional(Type.Integer()),
    rpId: Type.Optional(Type.String()),
    allowCredentials: Type.Optional(Type.Array(Credential)),
    userVerification: Type.Optional(Type.String()),
  }),
);
/** The shape of `PublicKeyCredential.toJSON()` after `navigator.credentials.create`. */
const CreatedCredential = Body({
  id: Base64Url,
  rawId: Base64Url,
  type: Type.Literal('public-key'),
  authenticatorAttachment: Type.Optional(Type.Union([Type.String({ maxLength: 40 }), Type.Null()])),
  clientExtensionResults: Type.Object({}),
  response: Body({
    clientDataJSON: Base64Url,
    attestationObject: Base64Url,
    transports: Type.Optional(Type.Array(Type.String({ maxLength: 40 }), { maxItems: 8 })),
    authenticatorData: Type.Optional(Base64Url),
    publicKey: Type.Optional(Base64Url),
    publicKeyAlgorithm: Type.Optional(Type.Integer()),
  }),
});
/** The shape of `PublicKeyCredential.toJSON()` after `navigator.credentials.get`. */
const UsedCredential = Body({
  id: Base64Url,
  rawId: Base64Url,
  type: Type.Literal('public-key'),
  authenticatorAttachment: Type.Optional(Type.Union([Type.String({ maxLength: 40 }), Type.Null()])),
  clientExtensionResults: Type.Object({}),
  response: Body({
    clientDataJSON: Base64Url,
    authenticatorData: Base64Url,
    signature: Base64Url,
    userHandle: Type.Optional(Type.Union([Base64Url, Type.Null()])),
  }),
});
export const PasskeyCreatedBody = Body({
  ceremonyId: Id,
  name: Type.String({ minLength: 1, maxLength: 60 }),
  response: CreatedCredential,
});
export const PasskeyUsedBody = Body({ ceremonyId: Id, response: UsedCredential });
export type PasskeyCreatedBody = Static<typeof PasskeyCreatedBody>;
export type PasskeyUsedBody = Static<typeof PasskeyUsedBody>;
export const PasskeyView = Type.Object({
  id: Id,
  name: Type.String(),
  createdAt: Instant,
  usedAt: Type.Optional(Instant),
});

export const SessionView = Type.Object({
  id: Id,
  current: Type.Boolean(),
  openedBy: Type.String(),
  openedAt: Instant,
  seenAt: Instant,
  endsAt: Instant,
  agent: Type.String(),
  address: Type.String(),
});

export const RealNameBody = Body({
  name: Type.String({ minLength: 1, maxLength: 60 }),
  idNumber: Type.String({ minLength: 15, maxLength: 40 }),
  consent: Type.Literal(true),
});

/** Every purpose for which we ask; a new text is a new version, and an old yes does not cover it. */
export const PURPOSES = {
  real_name_check: {
    version: 1,
    zh: '将姓名和身份证号交给实名核验机构比对，用于确认账户本人',
    en: 'Send my name and id number to the real-name provider, to confirm that the account is mine',
  },
  payout_account: {
    version: 1,
    zh: '保存收款账户并交给存管银行，用于向您付款',
    en: 'Keep my payout account and give it to the custody bank, to pay me',
  },
  card_image: {
    version: 1,
    zh: '处理您拍摄的卡券照片，用于识别卡号',
    en: 'Process the photos of my cards, to read their numbers',
  },
  price_reminder: {
    version: 1,
    zh: '价格更好时发短信提醒您',
    en: 'Text me when there is a better price',
  },
  marketing_sms: {
    version: 1,
    zh: '向您发送活动和优惠短信',
    en: 'Text me news and offers',
  },
} as const;
export type Purpose = keyof typeof PURPOSES;
export const Purpose = Type.Enum(Object.keys(PURPOSES) as Purpose[]);
export const ConsentView = Type.Object({
  purpose: Purpose,
  zh: Type.String(),
  en: Type.String(),
  version: Type.Integer(),
  granted: Type.Boolean(),
  grantedAt: Type.Optional(Instant),
  withdrawnAt: Type.Optional(Instant),
});
export const ConsentBody = Body({ purpose: Purpose });
export const ConsentParams = Body({ purpose: Purpose });
export const Consents = Type.Object({ items: Type.Array(ConsentView) });

const Said = Type.Object({ zh: Type.String(), en: Type.String() });
export const Export = Type.Object({
  exportedAt: Instant,
  person: Type.Object({ id: Id, phone: Type.String(), createdAt: Instant }),
  realNameChecks: Type.Array(
    Type.Object({
      state: Type.String(),
      reason: Type.Optional(Type.String()),
      name: Type.Optional(Type.String()),
      idNumber: Type.Optional(Type.String()),
      askedAt: Instant,
      decidedAt: Type.Optional(Instant),
    }),
  ),
  consents: Type.Array(
    Type.Object({
      purpose: Type.String(),
      version: Type.Integer(),
      grantedAt: Instant,
      withdrawnAt: Type.Optional(Instant),
    }),
  ),
  sessions: Type.Array(SessionView),
  passkeys: Type.Array(PasskeyView),
  authenticatorApp: Type.Boolean(),
  memberships: Type.Array(
    Type.Object({ organisation: Type.String(), roles: Type.Array(Type.String()), since: Instant }),
  ),
  messages: Type.Array(
    Type.Object({ template: Type.String(), state: Type.String(), createdAt: Instant }),
  ),
  /** What the other rooms hold, each under its own name. */
  parts: Type.Record(Type.String(), Type.Unknown()),
});
export type Export = Static<typeof Export>;
export const ErasureView = Type.Object({ erasedAt: Instant, kept: Type.Array(Said) });
export type ErasureView = Static<typeof ErasureView>;

export const StaffView = Type.Object({
  id: Id,
  phoneMasked: Type.String(),
  roles: Type.Array(Role),
  factors: Type.Object({ totp: Type.Boolean(), passkeys: Type.Integer() }),
  since: Instant,
  changedAt: Instant,
});
const Roles = Type.Array(Role, { maxItems: 6, uniqueItems: true });
export const StaffBody = Body({
  phone: Phone,
  roles: Type.Array(Role, { minItems: 1, maxItems: 6, uniqueItems: true }),
});
/** An empty list ends the membership. */
export const RolesBody = Body({ roles: Roles });
export const ById = Body({ id: Id });
export const List = <T extends TSchema>(item: T) => Type.Object({ items: Type.Array(item) });
