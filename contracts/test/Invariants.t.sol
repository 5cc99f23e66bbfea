// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IExchange} from "../src/IExchange.sol";
import {Handler} from "./support/Handler.sol";
import {HostileMoney} from "./support/HostileMoney.sol";
import {Test} from "./support/Vm.sol";

/// Goal: the invariants of docs/contracts.md hold after any sequence of steps of anyone, with any manner of the money.
/// Method: random walks over `Handler`; sums here, rules within a step there. Numbers are those of docs/contracts.md.
contract InvariantsTest is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Handler internal handler;
    IExchange internal exchange;
    HostileMoney internal money;

    function setUp() external {
        handler = new Handler();
        (exchange, money) = handler.house();
    }

    function targetContracts() external view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory list) {
        bytes4[] memory s = new bytes4[](43);
        s[0] = Handler.mint.selector;
        s[1] = Handler.buy.selector;
        s[2] = Handler.replay.selector;
        s[3] = Handler.acceptBid.selector;
        s[4] = Handler.swap.selector;
        s[5] = Handler.cancel.selector;
        s[6] = Handler.burn.selector;
        s[7] = Handler.openAuction.selector;
        s[8] = Handler.bid.selector;
        s[9] = Handler.settleAuction.selector;
        s[10] = Handler.openSealed.selector;
        s[11] = Handler.commit.selector;
        s[12] = Handler.reveal.selector;
        s[13] = Handler.settleSealed.selector;
        s[14] = Handler.forfeit.selector;
        s[15] = Handler.confirmReissue.selector;
        s[16] = Handler.refundHold.selector;
        s[17] = Handler.deliver.selector;
        s[18] = Handler.prove.selector;
        s[19] = Handler.releaseBond.selector;
        s[20] = Handler.fractionalise.selector;
        s[21] = Handler.transferShares.selector;
        s[22] = Handler.buyOut.selector;
        s[23] = Handler.cash.selector;
        s[24] = Handler.unite.selector;
        s[25] = Handler.deposit.selector;
        s[26] = Handler.withdraw.selector;
        s[27] = Handler.kyc.selector;
        s[28] = Handler.freezeAccount.selector;
        s[29] = Handler.freezeCard.selector;
        s[30] = Handler.forcedTransfer.selector;
        s[31] = Handler.pause.selector;
        s[32] = Handler.emergency.selector;
        s[33] = Handler.payCharity.selector;
        s[34] = Handler.sweepFees.selector;
        s[35] = Handler.wait_.selector;
        s[36] = Handler.misbehave.selector;
        s[37] = Handler.buyLazy.selector;
        s[38] = Handler.buyMany.selector;
        s[39] = Handler.buyDutch.selector;
        s[40] = Handler.matchOrders.selector;
        s[41] = Handler.transfer.selector;
        s[42] = Handler.cancelBids.selector;
        list = new FuzzSelector[](1);
        list[0] = FuzzSelector(address(handler), s);
    }

    /// All that is wrong is told at once, so that each number can be seen to bite (contracts/bite.ts).
    function invariant_all_that_must_hold() external view {
        string memory wrong = handler.brokenRules();
        (uint256 sum, uint256 locked, uint256 live, uint256 balances) = handler.claims();
        (uint128 owed,, address treasury) = exchange.houseOf();
        if (money.balanceOf(address(exchange)) < sum + owed) wrong = add(wrong, "1 users' money is missing");
        (, uint96 credit) = exchange.charityOf(3);
        // Gifts out of a sale paid with money that takes a cut can fall short by that cut; users' money cannot.
        if (!money.everCut() && money.balanceOf(treasury) + owed < credit) wrong = add(wrong, "1 a gift is missing");
        if (balances != live) wrong = add(wrong, "2 balances and live cards differ");
        if (!handler.sharesAddUp()) wrong = add(wrong, "8 shares or their cash do not add up");
        if (handler.lockedInPurses() != locked) wrong = add(wrong, "9 bonds and locks differ");
        if (bytes(wrong).length != 0) revert Untrue(wrong);
    }

    function add(string memory all, string memory one) private pure returns (string memory) {
        return string.concat(all, "; ", one);
    }

    /// Each walk says where it has been; contracts.test.ts asks whether all of them together have been everywhere.
    function afterInvariant() external {
        vm.writeLine("node_modules/.cache/forge/walks.txt", handler.report());
    }
}
