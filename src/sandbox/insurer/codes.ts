import { isTokenOf, tokenOf, virtualCode } from '../codes/tray.ts';
import { Refusal } from './envelope.ts';
import { type Handler, node, personOf, type Row, text } from './inputs.ts';

/** 就诊凭证类型: the token of a decoded code. */
const BY_CODE = '01';

/** Decoding the made-up 医保电子凭证 of the sandbox. The code stands in businessInfo. */
export const codeHandlers: Readonly<Record<string, Handler>> = {
  '6101': (context) => {
    const shown = virtualCode('insurance-code', text(node(context.request.input, 'InData').businessInfo));
    if (!shown) throw new Refusal('请使用医保电子凭证二维码');
    if (shown.state === 'expired') throw new Refusal('二维码已过期,请刷新后重试');
    const person = personOf(context, shown.certno);
    return {
      OutData: {
        userName: person.psn_name,
        idNo: person.certno,
        idType: person.psn_cert_type,
        ecToken: tokenOf(shown),
        insuOrg: person.insurances[0]?.insuplc_admdvs ?? '',
        authNo: '',
        ecIndexNo: '',
        gender: person.gend,
        birthday: person.brdy,
        nationality: '',
        email: '',
      },
    };
  },
};

/** Who shows a token must be the one it was given for. */
export function checkCredential({ mdtrt_cert_type, mdtrt_cert_no, certno }: Row): void {
  if (text(mdtrt_cert_type) === BY_CODE && !isTokenOf(text(mdtrt_cert_no), text(certno))) {
    throw new Refusal('电子凭证令牌无效');
  }
}
