// Compiled, not run: for every operation, what the official package's types take, ours take; and what ours give, can be used where theirs was. Where an answer differs, it stands here, with the reason.
import type { paths as Ours } from 'logto-management/management';
import type { paths as Official } from '../../../node_modules/@logto/api/lib/generated-types/management.js';

type Verb = 'get' | 'put' | 'post' | 'patch' | 'delete';
type Success = 200 | 201 | 202 | 204;
type Content<Answer> = Answer extends { content: infer Media } ? Media[keyof Media] : undefined;
type Data<Operation> = Operation extends { responses: infer Answers }
  ? { [Status in keyof Answers & Success]: Content<Answers[Status]> }[keyof Answers & Success]
  : never;
type Body<Operation> = Operation extends { requestBody?: infer Given } ? Content<NonNullable<Given>> : never;
type Given<Operation, Place extends 'query' | 'path' | 'header' | 'cookie'> = Operation extends {
  parameters: infer All;
}
  ? Place extends keyof All
    ? All[Place]
    : undefined
  : never;

/** `never` where the first can stand for the second. */
type Unless<From, To, What> = [From] extends [To] ? never : What;
type Difference<Our, Their> = [Their] extends [{ responses: unknown }]
  ? | Unless<Body<Their>, Body<Our>, 'body'>
    | Unless<Given<Their, 'query'>, Given<Our, 'query'>, 'query'>
    | Unless<Given<Their, 'path'>, Given<Our, 'path'>, 'path'>
    | Unless<Given<Their, 'header'>, Given<Our, 'header'>, 'header'>
    | Unless<Given<Their, 'cookie'>, Given<Our, 'cookie'>, 'cookie'>
    | Unless<Data<Our>, Data<Their>, 'answer'>
    | Unless<Data<Their>, Data<Our>, 'answer as ours'>
  : [Our] extends [{ responses: unknown }]
    ? 'ours alone'
    : never;
type Found = {
  [Path in keyof Ours & keyof Official]: {
    [V in Verb]: `${V} ${Path}: ${Difference<Ours[Path][V], Official[Path][V]>}`;
  }[Verb];
}[keyof Ours & keyof Official];

/** Redirect addresses are strings; the official types take them for objects. */
type Addresses =
  | `${'get' | 'post'} /api/applications`
  | `${'get' | 'patch'} /api/applications/{id}`
  | 'delete /api/applications/{id}/legacy-secret'
  | 'get /api/organizations/{id}/applications'
  | 'get /api/roles/{id}/applications';
/** Nothing in the answer tells which of the two kinds of token a customizer is for: one type, with the keys of both. */
type Customizers =
  'get /api/configs/jwt-customizer' | `${'get' | 'put' | 'patch'} /api/configs/jwt-customizer/{tokenTypePath}`;
/** A server leaves out the parts of a policy that were never set. */
type Policies = 'get /api/sign-in-exp' | `get /api/.well-known/${'experience' | 'sign-in-exp'}`;
/** Milliseconds, which the official types take for a date's text. */
type Times = 'get /api/saml-applications/{id}/secrets';
/** JSON of any depth; the official types end at the second level. */
type AnyJson =
  | 'get /api/.well-known/phrases'
  | 'get /api/configs/actions'
  | `${'get' | 'put' | 'patch'} /api/configs/actions/{actionType}`
  | 'post /api/configs/actions/test';
/** Servers know more scopes than the official types. */
type Scopes = 'get /api/applications/{applicationId}/user-consent-scopes';
/** Ours say more, and what they say fits the official types: constants, enumerations and objects where those have any text or any object. */
type Narrower =
  | `${'get' | 'put'} /api/captcha-provider`
  | `get /api/connector-factories${'' | '/{id}'}`
  | `${'get' | 'post'} /api/connectors`
  | `${'get' | 'patch'} /api/connectors/{id}`
  | 'post /api/connectors/{connectorId}/authorization-uri'
  | `${'get' | 'put'} /api/email-templates`
  | 'get /api/email-templates/{id}'
  | 'patch /api/email-templates/{id}/details'
  | 'get /api/user-assets/service-status'
  | 'post /api/users/{userId}/mfa-verifications'
  | `get /api/users/{userId}/${'all-identities' | 'identities/{target}' | 'sso-identities/{ssoConnectorId}'}`
  | `get /api/users/{userId}/${'grants' | 'sessions' | 'sessions/{sessionId}'}`;
/** An answer that the official types declare and no server gives: a success without data beside the one with, JSON where a page or a redirect comes. */
type Never =
  | 'patch /api/applications/{id}/secrets/{name}'
  | 'post /api/roles/{id}/scopes'
  | 'get /api/saml-applications/{id}/callback'
  | `${'get' | 'post'} /api/saml/{id}/authn`;
type Known =
  | `${Addresses | Customizers | Policies | Times}: ${'answer' | 'answer as ours'}`
  | `${AnyJson | Scopes | 'patch /api/sign-in-exp'}: answer`
  | `${Narrower | Never}: answer as ours`;
/** Every difference has its reason above, every reason is still one, and every path of each is one of the other's. */
export const complete: [
  Exclude<Found, Known>,
  Exclude<Known, Found>,
  Exclude<keyof Ours, keyof Official>,
  Exclude<keyof Official, keyof Ours>,
] extends [never, never, never, never]
  ? true
  : { unknown: Exclude<Found, Known>; stale: Exclude<Known, Found> } = true;
