// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC3009, IERC3009Cancel} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {House} from "./support/House.sol";

interface IMoney is IERC20, IERC20Permit, IERC3009, IERC3009Cancel {
    error InvalidSigner(address signer);
    error NotReceiver(address to);
    error AuthorizationWindow(uint256 validAfter, uint256 validBefore);
    error AuthorizationSpent(address authorizer, bytes32 nonce);
    error PermitExpired(uint256 deadline);
}

/// Goal: the sandbox money moves on its owner's signature only, once, inside its window.
/// Method: permits (2612) and authorisations (3009) signed by the owner, by another, too early, too late and twice.
contract MoneyTest is House {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 private constant TRANSFER_WITH = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant RECEIVE_WITH = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant CANCEL = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");

    function fen() private view returns (IMoney) {
        return IMoney(address(money));
    }

    function over(uint256 key, bytes32 structHash) private view returns (uint8 v, bytes32 r, bytes32 s) {
        return vm.sign(key, keccak256(abi.encodePacked(hex"1901", fen().DOMAIN_SEPARATOR(), structHash)));
    }

    function transferHash(bytes32 kind, uint256 after_, uint256 before, bytes32 nonce) private view returns (bytes32) {
        return keccak256(abi.encode(kind, buyer, third, 7, after_, before, nonce));
    }

    function test_transfer_with_authorization() external {
        uint256 now_ = block.timestamp;
        (uint8 v, bytes32 r, bytes32 s) = over(THIRD_KEY, transferHash(TRANSFER_WITH, now_ - 1, now_ + 1, "a"));
        IMoney m = fen();
        vm.expectRevert(abi.encodeWithSelector(IMoney.InvalidSigner.selector, buyer));
        m.transferWithAuthorization(buyer, third, 7, now_ - 1, now_ + 1, "a", v, r, s);
        (v, r, s) = over(BUYER_KEY, transferHash(TRANSFER_WITH, now_ - 1, now_ + 1, "a"));
        m.transferWithAuthorization(buyer, third, 7, now_ - 1, now_ + 1, "a", v, r, s);
        eq(m.balanceOf(third), RICH + 7, "moved");
        isTrue(m.authorizationState(buyer, "a"), "used");
        vm.expectRevert(abi.encodeWithSelector(IMoney.AuthorizationSpent.selector, buyer, bytes32("a")));
        m.transferWithAuthorization(buyer, third, 7, now_ - 1, now_ + 1, "a", v, r, s);
        (v, r, s) = over(BUYER_KEY, transferHash(TRANSFER_WITH, now_, now_ + 1, "b"));
        vm.expectRevert(abi.encodeWithSelector(IMoney.AuthorizationWindow.selector, now_, now_ + 1));
        m.transferWithAuthorization(buyer, third, 7, now_, now_ + 1, "b", v, r, s);
        (v, r, s) = over(BUYER_KEY, transferHash(TRANSFER_WITH, 0, now_, "b"));
        vm.expectRevert(abi.encodeWithSelector(IMoney.AuthorizationWindow.selector, 0, now_));
        m.transferWithAuthorization(buyer, third, 7, 0, now_, "b", v, r, s);
    }

    function test_receive_and_cancel() external {
        (uint8 v, bytes32 r, bytes32 s) = over(BUYER_KEY, transferHash(RECEIVE_WITH, 0, FAR, "a"));
        IMoney m = fen();
        vm.expectRevert(abi.encodeWithSelector(IMoney.NotReceiver.selector, third));
        m.receiveWithAuthorization(buyer, third, 7, 0, FAR, "a", v, r, s);
        vm.prank(third);
        m.receiveWithAuthorization(buyer, third, 7, 0, FAR, "a", v, r, s);
        eq(m.balanceOf(third), RICH + 7, "received");
        (v, r, s) = over(THIRD_KEY, keccak256(abi.encode(CANCEL, buyer, bytes32("b"))));
        vm.expectRevert(abi.encodeWithSelector(IMoney.InvalidSigner.selector, buyer));
        m.cancelAuthorization(buyer, "b", v, r, s);
        (v, r, s) = over(BUYER_KEY, keccak256(abi.encode(CANCEL, buyer, bytes32("b"))));
        m.cancelAuthorization(buyer, "b", v, r, s);
        (v, r, s) = over(BUYER_KEY, transferHash(RECEIVE_WITH, 0, FAR, "b"));
        vm.prank(third);
        vm.expectRevert(abi.encodeWithSelector(IMoney.AuthorizationSpent.selector, buyer, bytes32("b")));
        m.receiveWithAuthorization(buyer, third, 7, 0, FAR, "b", v, r, s);
    }

    function test_permit() external {
        IMoney m = fen();
        uint256 until = block.timestamp;
        bytes32 structHash = keccak256(abi.encode(PERMIT, buyer, third, 9, 0, until));
        (uint8 v, bytes32 r, bytes32 s) = over(THIRD_KEY, structHash);
        vm.expectRevert();
        m.permit(buyer, third, 9, until, v, r, s);
        (v, r, s) = over(BUYER_KEY, structHash);
        m.permit(buyer, third, 9, until, v, r, s);
        eq(m.allowance(buyer, third), 9, "allowed");
        eq(m.nonces(buyer), 1, "used");
        vm.expectRevert();
        m.permit(buyer, third, 9, until, v, r, s);
        (v, r, s) = over(BUYER_KEY, keccak256(abi.encode(PERMIT, buyer, third, 9, 1, until)));
        vm.warp(until + 1);
        vm.expectRevert();
        m.permit(buyer, third, 9, until, v, r, s);
    }

    /// Who would rather not send an approval signs one, and anybody brings it.
    function test_the_exchange_takes_a_permit() external {
        address poor = vm.addr(0x900D);
        uint256 deadline = block.timestamp;
        bytes32 h = keccak256(abi.encode(PERMIT, poor, address(exchange), 7, 0, deadline));
        (uint8 v, bytes32 r, bytes32 s) = over(0x900D, h);
        exchange.permitMoney(poor, 8, deadline, v, r, s);
        eq(money.allowance(poor, address(exchange)), 0, "another sum: no harm, nothing done");
        exchange.permitMoney(poor, 7, deadline, v, r, s);
        eq(money.allowance(poor, address(exchange)), 7, "permitted");
    }
}
