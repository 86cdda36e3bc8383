import type { SessionEnd } from '../../../schemas/desk.ts';

/** What the person at the desk is told when a session or a try to join came to its end. */
export const words: Readonly<Record<SessionEnd | 'lost' | 'refused', string>> = {
  lost: '连不上网关,自动重试 / there is no line to the gateway; it is tried again',
  stopping: '网关正在停止,自动重连 / the gateway is stopping; it is tried again',
  slow: '网络太慢,网关断开了连接,自动重连 / the network is too slow, the gateway hung up; it is tried again',
  away: '中断过久,重新开始 / the line was away for too long; beginning anew',
  refused:
    '网关拒绝了密钥:检查 desk.key,以及网关中此客户端的权限 desk:connect / the gateway refused the key: check desk.key, and that its client there has desk:connect',
  version:
    '与网关的版本不一致:请更新本机或网关的程序 / another version than the gateway: update this program or the gateway',
  protocol:
    '与网关无法沟通:请更新本机或网关的程序 / the gateway does not understand this desk: update this program or the gateway',
  flood: '消息过多,网关断开了连接:检查读卡器 / too many messages, the gateway hung up: check the readers',
  replaced:
    '另一台电脑用同一密钥连接,本机让位;每分钟查看一次 / another PC came with this desk’s key; this one stands aside and looks in every minute',
  taken:
    '另一台电脑正用同一密钥连接;每分钟查看一次 / another PC is joined with this desk’s key; looking in every minute',
  goodbye: '已离开网关 / left the gateway',
};
