import type { Texts } from '../words/texts.ts';

/** The tray of the sandbox. */
export const words = {
  title: ['试一试', 'Try it'],
  cards: ['虚拟的卡和码', 'Virtual cards and codes'],
  lay: ['按一下放到读卡器上,再按一下取走', 'Press to lay one on the reader, press again to take it away'],
  insurer: ['让医保出错', 'Let the insurer fail'],
  until: ['打开后一直出错,直到关上', 'Each goes on until it is switched off'],
  behave: ['全部恢复正常', 'Switch all off'],
  hospital: ['县医院', 'The county hospital'],
  open: ['打开县医院的窗口', 'Open the hospital’s window'],
  openHint: [
    '示例县人民医院的网关,用同样的登录名和密码,可以接收转诊;它的文员会自动应答',
    'The county hospital’s gateway, with the same names and password; it takes referrals, and its clerk answers by itself',
  ],
  unknownPerson: ['查询参保被拒绝', 'The person’s insurance is refused'],
  slowPerson: ['查询参保很慢(2 秒)', 'The person’s insurance is slow (2 s)'],
  refuseQuote: ['试算被拒绝', 'The quote is refused'],
  refuseSettlement: ['结算被拒绝', 'The settlement is refused'],
  loseRequest: ['结算请求没有送到', 'The settlement never arrives'],
  loseAnswer: ['已结算,应答丢失', 'Settled, but the answer is lost'],
  actLate: ['超时之后才结算(5 秒)', 'Settled after we stopped waiting (5 s)'],
  systemError: ['已结算,却报系统错误', 'Settled, but a system error is told'],
  wrongAmounts: ['已结算,应答金额不平', 'Settled, with amounts that do not add up'],
  refuseReversal: ['撤销被拒绝', 'The reversal is refused'],
  loseReversal: ['已撤销,应答丢失', 'Reversed, but the answer is lost'],
  loseUndoing: ['冲正没有结果(要人工核对)', 'Undoing leads nowhere (a person must decide)'],
} as const satisfies Texts;
