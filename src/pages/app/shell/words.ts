import type { Texts } from '../words/texts.ts';

/** What stands around every page. */
export const words = {
  'app.title': ['一卡通', 'Yikatong'],
  'app.sandbox': [
    '沙箱:虚拟的卡、医保和医院,数据都是虚构的',
    'Sandbox: cards, insurer and hospital are virtual, all data is made up',
  ],
  'app.tray': ['试一试', 'Try it'],
  'app.language': ['English', '中文'],
  'app.signOut': ['退出', 'Sign out'],
  'app.nothing': ['您的岗位没有可用的页面,请联系运维人员', 'There is no page for your role; ask an operator'],
  'page.desk': ['挂号收费', 'Desk'],
  'page.referrals': ['双向转诊', 'Referrals'],
  'page.console': ['运行监控', 'Console'],
  'page.review': ['待核对', 'In doubt'],
  'page.statements': ['对账', 'Statements'],
  'page.measures': ['指标', 'Measures'],
  'page.docs': ['接口文档', 'API'],
  'signIn.title': ['登录一卡通', 'Sign in to Yikatong'],
  'signIn.name': ['登录名', 'Name'],
  'signIn.password': ['密码', 'Password'],
  'signIn.go': ['登录', 'Sign in'],
  'password.title': ['请先设置新密码', 'Set a new password first'],
  'password.old': ['原密码', 'Old password'],
  'password.new': ['新密码(至少 10 位)', 'New password (at least 10 characters)'],
  'password.go': ['设置新密码', 'Set the new password'],
} as const satisfies Texts;
